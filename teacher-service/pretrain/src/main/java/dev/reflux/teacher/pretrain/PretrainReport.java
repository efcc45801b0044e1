package dev.reflux.teacher.pretrain;

import dev.reflux.common.model.ModelCard;
import dev.reflux.evaluation.SegmentationScore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a pre-training left behind.
 *
 * @param finished false when it was interrupted; the checkpoint is there to go on from
 * @param modelFile the TorchScript file of the best score (of the last step where nothing was scored)
 * @param cardFile its card
 * @param card as written
 * @param steps done in all
 * @param bestEpoch when the saved model was scored, 0 if never
 * @param score the saved model's, null if never scored
 */
public record PretrainReport(
        boolean finished,
        Path modelFile,
        Path cardFile,
        ModelCard card,
        long steps,
        int bestEpoch,
        @Nullable SegmentationScore score) {}
