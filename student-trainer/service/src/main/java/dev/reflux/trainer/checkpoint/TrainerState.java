package dev.reflux.trainer.checkpoint;

import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TeacherIdentity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a trainer is besides its tensors.
 *
 * @param model the model line's name
 * @param labelSchemaId the student's classes
 * @param nextOffsets by partition: everything before has had its effect
 * @param counts what became of the samples
 * @param random the generator's state
 * @param prequential the score's state
 * @param replay what the buffer holds, in its order
 * @param replaySeen samples ever offered to it
 * @param holdout what the holdout set holds, in its order
 * @param holdoutSeen frames ever held out
 * @param recentFrames the duplicate filter's state
 * @param drift the drift detector's state
 * @param boostedUntil the step up to which a drift's boost of the learning rate lasts
 * @param teacher whom the student learns from; null before the first sample
 * @param publishedVersion the last version of this lineage; 0 for none
 * @param publishIntent whether a version of exactly this state is owed to the registry
 * @param framesAtLastPublish frames trained when the last version was made
 */
public record TrainerState(
        String model,
        String labelSchemaId,
        Map<Integer, Long> nextOffsets,
        Counts counts,
        long random,
        double[] prequential,
        List<SampleReference> replay,
        long replaySeen,
        List<SampleReference> holdout,
        long holdoutSeen,
        List<Long> recentFrames,
        double[] drift,
        long boostedUntil,
        @Nullable TeacherIdentity teacher,
        long publishedVersion,
        boolean publishIntent,
        long framesAtLastPublish) {

    /**
     * What became of the samples: every one is counted once.
     *
     * @param trained taught the student
     * @param heldOut only ever scored
     * @param duplicates came again and were dropped
     * @param deadLettered refused by the trainer
     */
    public record Counts(long trained, long heldOut, long duplicates, long deadLettered) {

        public static final Counts NONE = new Counts(0, 0, 0, 0);
    }
}
