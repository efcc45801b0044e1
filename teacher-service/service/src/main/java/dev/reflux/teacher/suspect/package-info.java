/**
 * Finds frames that end the process, by marks beside the committed offsets.
 *
 * <p>Threading: the event loop of the pipeline's context; what is called from outside may be called from any thread.
 */
@NullMarked
package dev.reflux.teacher.suspect;

import org.jspecify.annotations.NullMarked;
