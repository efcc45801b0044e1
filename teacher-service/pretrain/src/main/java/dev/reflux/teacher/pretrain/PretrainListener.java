package dev.reflux.teacher.pretrain;

import dev.reflux.evaluation.SegmentationScore;

/** Hears how a pre-training goes, on its thread. */
public interface PretrainListener {

    /** Hears nothing. */
    PretrainListener SILENT = new PretrainListener() {};

    /** Frames are brought into the store, before the first step. */
    default void gathered(int frames, int of) {}

    default void stepped(PretrainProgress progress) {}

    /**
     * The model has been scored.
     *
     * @param best whether it is the best so far, and therefore saved
     */
    default void evaluated(int epoch, SegmentationScore score, boolean best) {}
}
