/** Fits a teacher's projection head on labelled frames. A fit belongs to the thread that runs it. */
@NullMarked
package dev.reflux.teacher.heads;

import org.jspecify.annotations.NullMarked;
