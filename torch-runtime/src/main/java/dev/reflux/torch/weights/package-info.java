/** The safetensors format in pure Java. Any thread. */
@NullMarked
package dev.reflux.torch.weights;

import org.jspecify.annotations.NullMarked;
