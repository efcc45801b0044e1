/**
 * {@code reflux bench truth}: where the teacher is wrong, and whom KMM believes there. The caller's thread computes;
 * nothing here is thread-safe.
 */
@NullMarked
package dev.reflux.lab.truth;

import org.jspecify.annotations.NullMarked;
