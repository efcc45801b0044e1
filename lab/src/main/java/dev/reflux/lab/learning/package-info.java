/**
 * {@code reflux bench learning}: the mIoU of a student after a stream by every method, on the same frames, from the same
 * start and at the same cost. The caller's thread computes; nothing here is thread-safe.
 */
@NullMarked
package dev.reflux.lab.learning;

import org.jspecify.annotations.NullMarked;
