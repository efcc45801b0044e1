package dev.reflux.trainer.ingest;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;

/**
 * A sample that can teach.
 *
 * @param reference where it stands in the log
 * @param frameId of its frame
 * @param cameraId of its frame
 * @param capturedAtMicros of its frame
 * @param domain the frame's sequence, or its time of day and weather where it names none
 * @param image as the camera took it
 * @param label of the image's size
 * @param projected Z_t, on the teacher's feature grid
 * @param logits the teacher's final logits, on their own grid
 * @param view the size at which teacher and student look at the image
 */
public record TrainingSample(
        SampleReference reference,
        String frameId,
        String cameraId,
        long capturedAtMicros,
        String domain,
        RgbImage image,
        LabelMap label,
        LogitMap projected,
        LogitMap logits,
        ImageSize view) {

    /** The same frame with other tensors of a teacher's; their grids may be others too. */
    public TrainingSample withTensors(LogitMap otherProjected, LogitMap otherLogits) {
        return new TrainingSample(
                reference,
                frameId,
                cameraId,
                capturedAtMicros,
                domain,
                image,
                label,
                otherProjected,
                otherLogits,
                view);
    }
}
