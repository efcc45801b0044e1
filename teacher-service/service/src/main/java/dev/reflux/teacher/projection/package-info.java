/** The network's features through the frozen projection head, and its logits onto the wire's grid. Torch worker only. */
@NullMarked
package dev.reflux.teacher.projection;

import org.jspecify.annotations.NullMarked;
