/**
 * {@code reflux bench weights}: which cells KMM, KEM and the gradients of the loss weigh. The caller's thread computes; nothing
 * here is thread-safe.
 */
@NullMarked
package dev.reflux.lab.weights;

import org.jspecify.annotations.NullMarked;
