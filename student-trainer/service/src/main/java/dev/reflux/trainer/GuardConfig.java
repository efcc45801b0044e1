package dev.reflux.trainer;

import dev.reflux.common.config.Description;
import dev.reflux.common.config.Range;
import io.smallrye.config.WithDefault;

/** Settings of what keeps learning from going bad: {@code trainer.guard}. Immutable and thread-safe. */
public interface GuardConfig {

    @Description(
            "Whether samples are judged before they are trained on. If not, every sample that can be decoded is trained on.")
    @WithDefault("true")
    boolean enabled();

    @Description(
            "Largest magnitude of a teacher's logit that is believed. A frame with a larger one is trained on by its label alone.")
    @WithDefault("10000")
    @Range(min = 0, aboveMin = true)
    double largestLogit();

    @Description(
            "Least standard deviation of an image's gray levels, 0 to 255. A frame below it shows nothing and is set aside.")
    @WithDefault("2")
    @Range(min = 0)
    double leastContrast();

    @Description("Equal images of a camera in a row at which it counts as frozen and is set aside.")
    @WithDefault("5")
    @Range(min = 2)
    int frozenFrames();

    @Description(
            "Fraction of a label's pixels that differ from both neighbors in their row above which these pixels are ignored. Above 0.3 the whole label is noise, and its frame is set aside.")
    @WithDefault("0.1")
    @Range(min = 0, max = 1)
    double mostSpecks();

    @Description(
            "Tolerated fall of the agreement of label and teacher, as a fraction of the labeled cells, below its usual value. The student, or else the other cameras, decide which of the two is wrong.")
    @WithDefault("0.25")
    @Range(min = 0, max = 1)
    double agreementMargin();

    @Description(
            "Least usual agreement of label and teacher, as a fraction of the labeled cells. A teacher below it is not listened to.")
    @WithDefault("0.35")
    @Range(min = 0, max = 1)
    double leastAgreement();

    @Description("Multiple of the usual gradient norm above which an optimizer step is skipped.")
    @WithDefault("30")
    @Range(min = 1, aboveMin = true)
    double explosion();

    @Description(
            "Part of the last good weights' mIoU, on the present held-out frames, below which the student is not published and goes back to those weights. 0 never goes back.")
    @WithDefault("0.6")
    @Range(min = 0, max = 1)
    double collapse();
}
