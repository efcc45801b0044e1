/** Confusion matrix, mIoU, prequential score, backward transfer, forgetting. */
@NullMarked
package dev.reflux.evaluation;

import org.jspecify.annotations.NullMarked;
