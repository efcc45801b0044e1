package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.ingest.TrainingSample;

/**
 * What student and teacher say of a new frame without a label, by the student's forward pass before the frame's own update.
 * Immutable.
 *
 * @param sample the frame as the step was given it
 * @param student the student's most likely class of each cell of its logits' grid
 * @param teacher the teacher's most likely classes on the same grid
 * @param classWeights the weight of each class in CE, whose mean over the cells of the stream is 1; see {@link ClassBalance}. The
 *     caller must not change it
 */
public record FirstSight(TrainingSample sample, LabelMap student, LabelMap teacher, double[] classWeights) {}
