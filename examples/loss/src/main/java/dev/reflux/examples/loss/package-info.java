/** A loss that a jar on the class path adds to the trainer. The training thread only. */
@NullMarked
package dev.reflux.examples.loss;

import org.jspecify.annotations.NullMarked;
