/** The whole state of a trainer, in one file. The training thread only. */
@NullMarked
package dev.reflux.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
