/** How the teacher's stages are joined: typed, ordered, bounded. A stage's state belongs to its verticle's event loop; its work runs on its own worker. */
@NullMarked
package dev.reflux.teacher.pipeline;

import org.jspecify.annotations.NullMarked;
