/**
 * Keeps learning from going bad: judges every sample before it is trained on, bounds the gradient of every step, and keeps
 * the last good weights. The training thread only.
 */
@NullMarked
package dev.reflux.trainer.guard;

import org.jspecify.annotations.NullMarked;
