/**
 * The teacher service: frames to projected logits. {@code TeacherAssembly} builds it in the direction of
 * the data, {@code ingest → inference → projection → publish}, with the joints of {@code pipeline}.
 *
 * <p>Threading: a {@link dev.reflux.teacher.TeacherService} may be started, read and closed from any thread except an event
 * loop.
 */
@NullMarked
package dev.reflux.teacher;

import org.jspecify.annotations.NullMarked;
