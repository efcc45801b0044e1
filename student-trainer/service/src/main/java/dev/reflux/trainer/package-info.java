/**
 * The student trainer: sample → KMM → KEM → update → checkpoint → candidate. {@link dev.reflux.trainer.TrainerService}
 * may be called from any thread; it owns one thread that trains, one that decodes and one that polls.
 */
@NullMarked
package dev.reflux.trainer;

import org.jspecify.annotations.NullMarked;
