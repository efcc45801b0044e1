/**
 * Exact deltas between the files of two versions, and lossy students whose deltas are short. Pure functions of bytes; any
 * thread.
 */
@NullMarked
package dev.reflux.registry.format.delta;

import org.jspecify.annotations.NullMarked;
