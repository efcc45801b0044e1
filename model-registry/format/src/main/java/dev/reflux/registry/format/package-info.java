/**
 * The objects of a registry as bytes: manifests, alias pointers, delta records, their seals and where they lie. Pure
 * functions and immutable records on the JDK and Jackson; any thread.
 */
@NullMarked
package dev.reflux.registry.format;

import org.jspecify.annotations.NullMarked;
