/**
 * From pixels to a model's input, and from its logits to class maps.
 *
 * <p>Threading: one owner thread for each object; records and static methods may be used from any thread.
 */
@NullMarked
package dev.reflux.torch.image;

import org.jspecify.annotations.NullMarked;
