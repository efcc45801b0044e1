/**
 * Optimizers, gradient clipping, learning-rate schedules and averaged weights, in agreement with PyTorch's own.
 *
 * <p>Threading: one owner thread, the one that runs the training step. Schedules are pure functions for any thread.
 */
@NullMarked
package dev.reflux.torch.optim;

import org.jspecify.annotations.NullMarked;
