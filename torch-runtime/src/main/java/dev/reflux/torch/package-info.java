/**
 * PyTorch in this JVM, through DJL: the runtime and one training step. The tensor classes are not thread-safe: a
 * runtime may be shared, but a model, an optimizer, a step and every tensor have one owner thread.
 */
@NullMarked
package dev.reflux.torch;

import org.jspecify.annotations.NullMarked;
