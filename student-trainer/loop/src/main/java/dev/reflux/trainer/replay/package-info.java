/** Which samples are seen again. The training thread only. */
@NullMarked
package dev.reflux.trainer.replay;

import org.jspecify.annotations.NullMarked;
