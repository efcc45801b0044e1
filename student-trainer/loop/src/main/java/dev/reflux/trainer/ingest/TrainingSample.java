package dev.reflux.trainer.ingest;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import org.jspecify.annotations.Nullable;

/**
 * A frame with the teacher's logits, and with its label if it has one. Immutable.
 *
 * @param reference the place in the log
 * @param frameId the id of the frame
 * @param cameraId the camera of the frame
 * @param vehicleId the vehicle that carries the camera; empty if it is not known
 * @param capturedAtMicros the time of capture, in microseconds since the epoch
 * @param domain the frame's sequence, or its time of day and weather if it names no sequence
 * @param image the image, in the camera's size or that of the view
 * @param label the label, of any size: it shows what the image shows; {@link LabelMap#none()} of a frame without one
 * @param projected Z_t, float [C,h',w'], on the teacher's feature grid
 * @param logits the teacher's final logits, float [C,h,w], on their own grid
 * @param view the input size of the student
 * @param teacherView the size at which the teacher looked: the same field of view
 * @param source the place of the frame in the log; null if its teacher did not name it
 */
public record TrainingSample(
        SampleReference reference,
        String frameId,
        String cameraId,
        String vehicleId,
        long capturedAtMicros,
        String domain,
        RgbImage image,
        LabelMap label,
        LogitMap projected,
        LogitMap logits,
        ImageSize view,
        ImageSize teacherView,
        @Nullable FramePlace source) {

    /** Creates a sample of a frame whose place and vehicle are not known, and at which teacher and student look in one size. */
    public TrainingSample(
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
        this(
                reference,
                frameId,
                cameraId,
                "",
                capturedAtMicros,
                domain,
                image,
                label,
                projected,
                logits,
                view,
                view,
                null);
    }

    /** Returns whether another sample is of the same frame, with or without a label. */
    public boolean isOfFrame(TrainingSample other) {
        return frameId.equals(other.frameId)
                && cameraId.equals(other.cameraId)
                && capturedAtMicros == other.capturedAtMicros;
    }

    /** Returns whether any pixel has a label. */
    public boolean isLabeled() {
        return !label.isEmpty();
    }

    /** Returns the same frame with another label. */
    public TrainingSample withLabel(LabelMap other) {
        return with(image, other, projected, logits, view);
    }

    /** Returns the same frame with other tensors of the teacher, possibly on other grids. */
    public TrainingSample withTensors(LogitMap otherProjected, LogitMap otherLogits) {
        return with(image, label, otherProjected, otherLogits, view);
    }

    /** Returns the same frame in other sizes. */
    public TrainingSample withPicture(RgbImage otherImage, LabelMap otherLabel) {
        return with(otherImage, otherLabel, projected, logits, view);
    }

    /** Returns the same frame for a student that looks at it in another size. */
    public TrainingSample seenAt(ImageSize size) {
        return with(image, label, projected, logits, size);
    }

    private TrainingSample with(
            RgbImage otherImage,
            LabelMap otherLabel,
            LogitMap otherProjected,
            LogitMap otherLogits,
            ImageSize otherView) {
        return new TrainingSample(
                reference,
                frameId,
                cameraId,
                vehicleId,
                capturedAtMicros,
                domain,
                otherImage,
                otherLabel,
                otherProjected,
                otherLogits,
                otherView,
                teacherView,
                source);
    }

    /** Returns the bytes that it takes in memory, without what all objects take. */
    public long bytes() {
        return image.rgb().length
                + label.ids().length
                + (long) Float.BYTES
                        * (projected.shape().size() + logits.shape().size());
    }
}
