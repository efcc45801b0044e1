package dev.reflux.teacher.pretrain;

import dev.reflux.evaluation.SegmentationScore;

/** The receiver of a pre-training's progress. Called on its thread. */
public interface PretrainListener {

    /** Ignores everything. */
    PretrainListener SILENT = new PretrainListener() {};

    /** Called for each frame that is copied before the first step. */
    default void gathered(int frames, int of) {}

    /** Called after each step. */
    default void stepped(PretrainProgress progress) {}

    /**
     * Called when the model has been scored.
     *
     * @param best whether the score is the best so far and the model was saved
     */
    default void evaluated(int epoch, SegmentationScore score, boolean best) {}
}
