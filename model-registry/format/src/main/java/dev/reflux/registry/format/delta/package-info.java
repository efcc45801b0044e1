/**
 * Students as differences: an exact coding of one version's files by another's, and a student that differs from its
 * parent in few weights. Pure functions of bytes; any thread.
 */
@NullMarked
package dev.reflux.registry.format.delta;

import org.jspecify.annotations.NullMarked;
