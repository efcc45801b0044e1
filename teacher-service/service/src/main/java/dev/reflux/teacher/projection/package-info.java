/**
 * Projects the network's features by the frozen head, and brings its logits onto the grid of the samples.
 *
 * <p>Threading: the torch worker only.
 */
@NullMarked
package dev.reflux.teacher.projection;

import org.jspecify.annotations.NullMarked;
