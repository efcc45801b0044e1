/**
 * {@code reflux bench weights}: shows which cells KMM, KEM and the gradients of the loss weigh. The thread that runs the
 * benchmark.
 */
@NullMarked
package dev.reflux.lab.weights;

import org.jspecify.annotations.NullMarked;
