/**
 * TorchScript written by Java: archives made byte for byte, so that operations which DJL's tensors lack need no Python.
 * Writing is for any thread; a loaded script belongs to one thread at a time.
 */
@NullMarked
package dev.reflux.torch.script;

import org.jspecify.annotations.NullMarked;
