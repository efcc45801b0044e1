/**
 * The training service: sample → window → learning loop → checkpoint → version. {@link dev.reflux.trainer.TrainerService} may
 * be called from any thread; it owns one thread that trains, one that decodes, one that polls, and one for promotions.
 */
@NullMarked
package dev.reflux.trainer;

import org.jspecify.annotations.NullMarked;
