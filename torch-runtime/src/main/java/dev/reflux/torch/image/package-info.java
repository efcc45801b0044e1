/** From pixels to a model's input, and from its logits to class maps. One owner thread for each object. */
@NullMarked
package dev.reflux.torch.image;

import org.jspecify.annotations.NullMarked;
