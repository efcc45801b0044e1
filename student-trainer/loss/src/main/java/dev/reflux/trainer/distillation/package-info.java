/**
 * The losses, with gradients in closed form: HeteroAKD with KMM and KEM, label terms, L_kd, DER++. {@link
 * dev.reflux.trainer.distillation.LossProvider} adds a loss from a jar. Computing is for the training thread only; settings are
 * immutable.
 */
@NullMarked
package dev.reflux.trainer.distillation;

import org.jspecify.annotations.NullMarked;
