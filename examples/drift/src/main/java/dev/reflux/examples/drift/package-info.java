/** A drift detector that a jar on the class path adds to the trainer. One owner thread. */
@NullMarked
package dev.reflux.examples.drift;

import org.jspecify.annotations.NullMarked;
