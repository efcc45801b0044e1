/**
 * Frame to teacher to projected logits. {@link dev.reflux.teacher.TeacherService} wires it: {@code ingest → inference →
 * projection → publish}, joined by {@code pipeline}; {@code fit} and {@code pretrain} make what it runs. A service may be
 * started, asked and closed from any thread but an event loop.
 */
@NullMarked
package dev.reflux.teacher;

import org.jspecify.annotations.NullMarked;
