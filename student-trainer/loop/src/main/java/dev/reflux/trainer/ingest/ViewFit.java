package dev.reflux.trainer.ingest;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.torch.image.ImageScaler;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Gives a sample the size at which the student looks at it, so that it is resized once and not in every step, and so that
 * replay keeps no pixel that is never looked at. A frame that is no larger than the view stays as it is. Of a larger one, the
 * image gets the size of the view; so does the label, except of held-out frames, which are scored at the label's own size.
 * Any thread.
 */
public final class ViewFit implements UnaryOperator<TrainingSample> {

    private final HoldoutRule rule;
    private final Optional<ImageSize> view;
    private final ImageScaler scaler = new ImageScaler();

    /**
     * Creates a fit.
     *
     * @param rule tells which frames are held out
     * @param view the size at which the student looks; empty for the size at which the teacher looked
     */
    public ViewFit(HoldoutRule rule, Optional<ImageSize> view) {
        this.rule = rule;
        this.view = view;
    }

    @Override
    public TrainingSample apply(TrainingSample decoded) {
        TrainingSample sample = view.map(decoded::seenAt).orElse(decoded);
        if (sample.image().size().pixels() <= sample.view().pixels()) {
            return sample;
        }
        RgbImage image = scaler.scale(sample.image(), sample.view());
        boolean stays = !sample.isLabeled() || rule.holdsOut(sample.cameraId(), sample.capturedAtMicros());
        LabelMap label = stays
                ? sample.label()
                : sample.label().nearest(sample.view().width(), sample.view().height());
        return sample.withPicture(image, label);
    }
}
