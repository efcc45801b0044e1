package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;

/** The sentence about a frame of a data set that pre-training cannot use. */
final class UnusableFrame {

    private UnusableFrame() {}

    static UsageException forTraining(String frameId, RejectedFrameException cause) {
        return sentence(frameId, "used for training", cause);
    }

    static UsageException forScoring(String frameId, RejectedFrameException cause) {
        return sentence(frameId, "used for scoring", cause);
    }

    private static UsageException sentence(String frameId, String use, RejectedFrameException cause) {
        return new UsageException(
                "Frame " + frameId + " cannot be " + use + ": " + cause.getMessage() + " Repair or remove it.", cause);
    }
}
