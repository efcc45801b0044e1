/** From a learner to a version in the registry. The training thread only. */
@NullMarked
package dev.reflux.trainer.publish;

import org.jspecify.annotations.NullMarked;
