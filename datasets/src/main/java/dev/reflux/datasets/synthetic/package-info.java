/**
 * A procedural driving scene with exact labels. Pure arithmetic on arrays: the same seed gives the same pixels on every
 * JDK. Any thread.
 */
@NullMarked
package dev.reflux.datasets.synthetic;

import org.jspecify.annotations.NullMarked;
