/**
 * Scores of a student: confusion matrix, mIoU by class and by domain, prequential score, backward transfer and forgetting;
 * and the rule for held-out frames. One thread owns each score unless its class says otherwise.
 */
@NullMarked
package dev.reflux.evaluation;

import org.jspecify.annotations.NullMarked;
