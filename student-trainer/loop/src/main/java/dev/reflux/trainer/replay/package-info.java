/**
 * Replay policies: which samples are trained on again. {@link dev.reflux.trainer.replay.ReplayProvider} adds one from a jar.
 * The training thread only.
 */
@NullMarked
package dev.reflux.trainer.replay;

import org.jspecify.annotations.NullMarked;
