package dev.reflux.trainer.wanted;

import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.FirstSight;
import org.jspecify.annotations.Nullable;

/**
 * A frame without a label, and its score. Immutable.
 *
 * @param frameId the id of the frame
 * @param cameraId the camera of the frame
 * @param vehicleId the vehicle that carries the camera; empty if it is not known
 * @param capturedAtMicros the time of capture, in microseconds since the epoch
 * @param source the place of the frame in the log; null if its teacher did not name it
 * @param score how much it deserves a label
 */
public record WantedFrame(
        String frameId,
        String cameraId,
        String vehicleId,
        long capturedAtMicros,
        @Nullable FramePlace source,
        FrameScore score) {

    /** Returns the frame of a sight, scored. */
    public static WantedFrame of(FirstSight sight) {
        TrainingSample sample = sight.sample();
        return new WantedFrame(
                sample.frameId(),
                sample.cameraId(),
                sample.vehicleId(),
                sample.capturedAtMicros(),
                sample.source(),
                FrameScore.of(sight));
    }

    /** Returns whether a sample is of this frame. */
    boolean isOf(TrainingSample sample) {
        return frameId.equals(sample.frameId())
                && cameraId.equals(sample.cameraId())
                && capturedAtMicros == sample.capturedAtMicros();
    }
}
