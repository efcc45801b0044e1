/** One optimizer step after another. The training thread only. */
@NullMarked
package dev.reflux.trainer.update;

import org.jspecify.annotations.NullMarked;
