package dev.reflux.teacher.pretrain;

import dev.reflux.common.model.ModelCard;
import dev.reflux.evaluation.SegmentationScore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The result of a pre-training.
 *
 * @param finished whether all steps were made; if not, the run was interrupted and can be resumed from its checkpoint
 * @param modelFile the TorchScript file of the model with the best score, or of the last step if none was scored
 * @param cardFile the file of its card
 * @param card the card
 * @param steps the number of steps, over all resumptions
 * @param bestEpoch the epoch of the saved model's score, 0 without one
 * @param score the saved model's score; null if this run has scored none
 */
public record PretrainReport(
        boolean finished,
        Path modelFile,
        Path cardFile,
        ModelCard card,
        long steps,
        int bestEpoch,
        @Nullable SegmentationScore score) {}
