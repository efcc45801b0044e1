/** Fits a teacher's projection head on labelled frames. A fit belongs to the thread that runs it. */
@NullMarked
package dev.reflux.teacher.fit;

import org.jspecify.annotations.NullMarked;
