/** A replay policy that a jar on the class path adds to the trainer. The training thread only. */
@NullMarked
package dev.reflux.examples.replay;

import org.jspecify.annotations.NullMarked;
