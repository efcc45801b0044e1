package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.ingest.TrainingSample;

/**
 * Is told what the student says of a new frame before it learns from it. The classes come from the first step's own forward
 * pass, so they cost no further one. Called on the training thread, which waits for the return.
 */
public interface FirstLook {

    /** Looks at nothing. */
    FirstLook NONE = new FirstLook() {
        @Override
        public boolean wants(TrainingSample sample) {
            return false;
        }

        @Override
        public void saw(TrainingSample sample, LabelMap classes) {}
    };

    /** Returns whether {@link #saw} is to be called for a frame. */
    boolean wants(TrainingSample sample);

    /**
     * Called once for a wanted frame, in the order of the batch.
     *
     * @param classes the student's classes on its own grid, as the frame shows them: a mirrored view is mirrored back
     */
    void saw(TrainingSample sample, LabelMap classes);
}
