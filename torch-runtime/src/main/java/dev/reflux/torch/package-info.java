/**
 * PyTorch in this JVM, through DJL: the runtime and the training step.
 *
 * <p>Threading: a runtime may be shared. A model, an optimizer, a step and every tensor have one owner thread.
 */
@NullMarked
package dev.reflux.torch;

import org.jspecify.annotations.NullMarked;
