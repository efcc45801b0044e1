/**
 * {@code reflux bench learning}: what a student learns on a stream by every method, on the same frames, from the same
 * start and at the same cost. The caller's thread computes; nothing here is thread-safe.
 */
@NullMarked
package dev.reflux.lab.learning;

import org.jspecify.annotations.NullMarked;
