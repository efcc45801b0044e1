/** The student's learner: batches to tensors, forward pass, loss, optimizer step, scores and state. The training thread only. */
@NullMarked
package dev.reflux.trainer.update;

import org.jspecify.annotations.NullMarked;
