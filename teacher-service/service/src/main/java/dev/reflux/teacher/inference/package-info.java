/**
 * Runs decoded frames through the teacher's network.
 *
 * <p>Threading: the torch worker only, which has one thread.
 */
@NullMarked
package dev.reflux.teacher.inference;

import org.jspecify.annotations.NullMarked;
