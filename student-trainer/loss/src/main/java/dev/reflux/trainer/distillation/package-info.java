/** The loss: KMM, KEM and their companions, with gradients in closed form. The training thread only. */
@NullMarked
package dev.reflux.trainer.distillation;

import org.jspecify.annotations.NullMarked;
