package dev.reflux.teacher.pretrain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.model.SegmentationModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Creates the card of a pre-trained model: its origin and its scores. */
final class PretrainedCard {

    private PretrainedCard() {}

    /**
     * Returns the card of a model file.
     *
     * @param score the score of the model, or null
     * @param scoredOn the name of the split that the score was measured on
     * @param frames the number of training frames
     */
    static ModelCard of(
            SegmentationModel model,
            String name,
            Path file,
            @Nullable SegmentationScore score,
            String scoredOn,
            PretrainSettings settings,
            int frames)
            throws IOException {
        ModelCard from = model.card();
        ObjectNode metrics = JsonNodeFactory.instance.objectNode();
        if (score != null) {
            ObjectNode scored = metrics.putObject(scoredOn);
            scored.put("miou", percent(score.miou()));
            scored.put("pixelAccuracy", percent(score.pixelAccuracy()));
            scored.put("frames", score.frames());
            percentages(score.perClass(), scored.putObject("perClass"));
            percentages(score.perDomain(), scored.putObject("perDomain"));
        }
        return new ModelCard(
                name,
                from.role(),
                String.valueOf(file.getFileName()),
                Sha256.hex(file),
                Files.size(file),
                from.labelSchema(),
                from.input(),
                from.logitsStride(),
                from.featuresStride(),
                from.featuresChannels(),
                from.reheadable(),
                model.parameterCount(),
                from.licence(),
                frames + " frames, " + settings.epochs() + " epochs",
                "Trained by reflux pretrain from " + from.name() + " on " + frames + " frames, " + settings.epochs()
                        + " epochs",
                metrics);
    }

    private static void percentages(java.util.Map<String, Double> scores, ObjectNode into) {
        scores.forEach((key, value) -> {
            if (!value.isNaN()) {
                into.put(key, percent(value));
            }
        });
    }

    private static double percent(double share) {
        return Math.round(share * 10_000) / 100.0;
    }
}
