/**
 * Optimizers, clipping, schedules and the average of the weights; agreeing with PyTorch's own. One owner thread, the
 * same that runs the training step; schedules are pure functions for any thread.
 */
@NullMarked
package dev.reflux.torch.optim;

import org.jspecify.annotations.NullMarked;
