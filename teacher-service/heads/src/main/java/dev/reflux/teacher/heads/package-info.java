/**
 * Fits a teacher's projection head on labeled frames.
 *
 * <p>Threading: a fit belongs to the thread that runs it, which must be the thread of the runtime and the model.
 */
@NullMarked
package dev.reflux.teacher.heads;

import org.jspecify.annotations.NullMarked;
