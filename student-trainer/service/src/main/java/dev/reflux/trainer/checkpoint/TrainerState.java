package dev.reflux.trainer.checkpoint;

import dev.reflux.trainer.fates.FateLog;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TeacherIdentity;
import dev.reflux.trainer.wanted.Choice;
import dev.reflux.trainer.wanted.WantedState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a trainer, without its tensors.
 *
 * @param model the name of the model in the registry
 * @param labelSchemaId the student's classes
 * @param nextOffsets the next offset of each partition: all samples before it have had their effect
 * @param counts the outcomes of all samples so far
 * @param random the state of the random generator
 * @param prequential the state of the prequential score
 * @param replay the places of the replay buffer's samples, in the buffer's order
 * @param replaySeen the number of samples offered to the buffer so far
 * @param holdout the places of the held-out samples that are kept for scoring, in their order
 * @param holdoutSeen the number of labeled frames held out so far
 * @param holdoutSeenUnlabeled the number of frames without a label held out so far
 * @param recentFrames the state of the duplicate filter
 * @param recentPlaces the places of these frames in the log
 * @param driftDetector the name of the drift detector; null in a checkpoint that does not name it
 * @param drift the drift detector's state
 * @param boostedUntil the step up to which the learning rate is raised after a drift
 * @param teacher the teacher of the samples; null before the first sample
 * @param publishedVersion the last version of this lineage; 0 for none
 * @param publishIntent whether a version of exactly this state is still to be published
 * @param framesAtLastPublish the number of trained frames at the last version
 * @param fates what became of the samples since the last version
 * @param topicId the id of the topic that the offsets are of; null in a checkpoint that does not name it
 * @param lost the number of offsets that retention removed before they were read
 * @param gaps the newest of these gaps, oldest first; null in a checkpoint that does not name any
 * @param wanted which frames deserve a label; null in a checkpoint of a trainer that chose none
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
        long holdoutSeenUnlabeled,
        List<Long> recentFrames,
        List<Long> recentPlaces,
        @Nullable String driftDetector,
        double[] drift,
        long boostedUntil,
        @Nullable TeacherIdentity teacher,
        long publishedVersion,
        boolean publishIntent,
        long framesAtLastPublish,
        FateLog.State fates,
        @Nullable String topicId,
        long lost,
        @Nullable List<Gap> gaps,
        @Nullable Wanted wanted) {

    /** Checks that nothing is missing that every checkpoint has. One of an earlier version has no places and no fates. */
    public TrainerState {
        recentPlaces = Objects.requireNonNullElse(recentPlaces, List.of());
        fates = Objects.requireNonNullElse(fates, FateLog.State.EMPTY);
        Objects.requireNonNull(model, "it names no model");
        Objects.requireNonNull(labelSchemaId, "it names no label schema");
        Objects.requireNonNull(nextOffsets, "it has no offsets");
        Objects.requireNonNull(counts, "it has no counts");
        Objects.requireNonNull(prequential, "it has no prequential score");
        Objects.requireNonNull(replay, "it has no replay buffer");
        Objects.requireNonNull(holdout, "it has no held-out frames");
        Objects.requireNonNull(recentFrames, "it has no recent frames");
        Objects.requireNonNull(drift, "it has no drift detector");
    }

    /**
     * Returns the state to go on with on a topic that was made anew: reading begins anew, and the samples of both buffers
     * are those of a log that is gone.
     *
     * @param id the id of the new topic
     */
    public TrainerState onNewTopic(String id) {
        return new TrainerState(
                model,
                labelSchemaId,
                Map.of(),
                counts,
                random,
                prequential,
                List.of(),
                replaySeen,
                List.of(),
                holdoutSeen,
                holdoutSeenUnlabeled,
                recentFrames,
                recentPlaces,
                driftDetector,
                drift,
                boostedUntil,
                teacher,
                publishedVersion,
                publishIntent,
                framesAtLastPublish,
                fates.onNewTopic(nextOffsets),
                id,
                lost,
                gaps,
                wanted);
    }

    /**
     * Which frames deserve a label.
     *
     * @param window the open window of frames without a label
     * @param unwritten the chosen frames that the brokers are not known to have, oldest first
     */
    public record Wanted(WantedState window, List<Choice> unwritten) {

        public Wanted {
            window = Objects.requireNonNullElse(window, WantedState.EMPTY);
            unwritten = List.copyOf(Objects.requireNonNullElse(unwritten, List.of()));
        }
    }

    /**
     * Offsets that retention removed before they were read.
     *
     * @param partition the partition of the topic
     * @param from the first removed offset
     * @param to the offset behind the last removed one
     */
    public record Gap(int partition, long from, long to) {}

    /**
     * The outcomes of samples; every sample is counted once.
     *
     * @param trained the number of samples trained on
     * @param heldOut the number of samples that are only scored
     * @param duplicates the number of samples dropped because their frame had come before
     * @param deadLettered the number of rejected samples
     * @param labels the number of samples that brought the label of a frame that had come before
     */
    public record Counts(long trained, long heldOut, long duplicates, long deadLettered, long labels) {

        public static final Counts NONE = new Counts(0, 0, 0, 0);

        /** Creates counts without a late label. */
        public Counts(long trained, long heldOut, long duplicates, long deadLettered) {
            this(trained, heldOut, duplicates, deadLettered, 0);
        }

        /** Returns the number of samples that have had their effect. */
        public long total() {
            return trained + heldOut + duplicates + deadLettered + labels;
        }
    }
}
