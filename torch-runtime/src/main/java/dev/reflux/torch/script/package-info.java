/**
 * TorchScript modules that Java writes, for operations that DJL's tensors lack. No Python is needed.
 *
 * <p>Threading: modules may be written from any thread. A loaded script is called by one thread at a time.
 */
@NullMarked
package dev.reflux.torch.script;

import org.jspecify.annotations.NullMarked;
