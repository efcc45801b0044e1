/** Trains a segmentation model on a labelled data set. A run belongs to the thread that runs it. */
@NullMarked
package dev.reflux.teacher.pretrain;

import org.jspecify.annotations.NullMarked;
