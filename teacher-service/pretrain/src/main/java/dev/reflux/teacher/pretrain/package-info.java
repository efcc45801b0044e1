/**
 * Trains a segmentation model on a labeled data set.
 *
 * <p>Threading: a run belongs to the thread that runs it, which must be the thread of the runtime.
 */
@NullMarked
package dev.reflux.teacher.pretrain;

import org.jspecify.annotations.NullMarked;
