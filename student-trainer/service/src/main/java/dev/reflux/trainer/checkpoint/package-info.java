/** Everything that a trainer is, in one file. The training thread only. */
@NullMarked
package dev.reflux.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
