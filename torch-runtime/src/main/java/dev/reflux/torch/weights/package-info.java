/**
 * The safetensors format in pure Java, and tensors as bytes.
 *
 * <p>Threading: files may be read and written from any thread, tensors by their owner only.
 */
@NullMarked
package dev.reflux.torch.weights;

import org.jspecify.annotations.NullMarked;
