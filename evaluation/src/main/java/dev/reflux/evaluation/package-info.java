/**
 * How good a student is: confusion matrix, mIoU, per class and per domain, prequential, backward transfer and
 * forgetting; and which frames may never be trained on. Nothing here is thread-safe unless it says so: each score has
 * one owner.
 */
@NullMarked
package dev.reflux.evaluation;

import org.jspecify.annotations.NullMarked;
