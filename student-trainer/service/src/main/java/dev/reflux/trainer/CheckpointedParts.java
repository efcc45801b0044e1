package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.trainer.checkpoint.TrainerCheckpoint;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.fates.FateLog;
import dev.reflux.trainer.ingest.DuplicateFilter;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.BoundedReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.HoldoutBuffer;
import dev.reflux.trainer.update.StudentLearner;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The parts whose state is in every checkpoint. The training thread only.
 *
 * @param line what is trained
 * @param decoder knows the teacher
 * @param duplicates knows the recent frames
 * @param fates knows what became of the samples since the last version
 * @param holdout the frames that are only scored
 * @param replay the samples that are trained on again
 * @param learner the student and everything that changes it
 * @param guard judges the samples, and keeps the last good weights
 * @param drift raises the learning rate after a drift
 * @param wanted chooses the frames that deserve a label
 * @param random the source of every random decision
 */
record CheckpointedParts(
        ModelLine line,
        SampleDecoder decoder,
        DuplicateFilter duplicates,
        FateLog fates,
        HoldoutBuffer holdout,
        BoundedReplay replay,
        StudentLearner learner,
        GuardMemory guard,
        DriftReaction drift,
        WantedLabels wanted,
        CheckpointedRandom random) {

    /**
     * What a trainer trains: one named sequence of model versions on one topic.
     *
     * @param model the name of the model in the registry
     * @param labelSchemaId the student's classes
     * @param topic the topic of the samples
     * @param topicId the id of this topic
     */
    record ModelLine(String model, String labelSchemaId, String topic, String topicId) {}

    TrainerCheckpoint checkpoint(TrainerProgress progress) {
        TrainerState state = state(progress);
        return new TrainerCheckpoint(state, guard.addTo(learner.state(), held(state)));
    }

    TrainerState state(TrainerProgress progress) {
        return new TrainerState(
                line.model(),
                line.labelSchemaId(),
                progress.nextOffsets(),
                progress.counts(),
                random.state(),
                learner.prequentialState(),
                references(replay.samples()),
                replay.seen(),
                references(holdout.samples()),
                holdout.seen(),
                holdout.seenUnlabeled(),
                duplicates.state(),
                duplicates.places(),
                drift.detector(),
                drift.state(),
                drift.boostedUntil(),
                decoder.teacher(),
                progress.publishedVersion(),
                progress.publishIntent(),
                progress.framesAtLastPublish(),
                fates.state(),
                line.topicId(),
                progress.lost(),
                progress.gaps(),
                wanted.state());
    }

    /**
     * Removes samples from replay and holdout.
     *
     * @param fromReplay keeps what is to be trained on again
     * @param fromHoldout keeps what is to be scored
     */
    void purge(UnaryOperator<List<TrainingSample>> fromReplay, UnaryOperator<List<TrainingSample>> fromHoldout) {
        replay.restore(fromReplay.apply(replay.samples()), replay.seen());
        holdout.restore(fromHoldout.apply(holdout.samples()), holdout.seen(), holdout.seenUnlabeled());
        learner.remember(replay.samples());
    }

    private static List<SampleReference> references(List<TrainingSample> samples) {
        return samples.stream().map(TrainingSample::reference).toList();
    }

    private static List<SampleReference> held(TrainerState state) {
        return Stream.concat(state.replay().stream(), state.holdout().stream()).toList();
    }

    /** Returns samples that were read again as they were held. */
    private List<TrainingSample> asHeld(List<TrainingSample> read) {
        return guard.labels().again(read.stream().map(guard.guard()::repaired).toList());
    }

    /** @param log reads the samples of both buffers again */
    void restore(TrainerCheckpoint checkpoint, SampleReader log) {
        TrainerState state = checkpoint.state();
        random.restore(state.random());
        duplicates.restore(state.recentFrames(), state.recentPlaces());
        fates.restore(state.fates());
        guard.restoreLabels(checkpoint.tensors(), held(state));
        replay.restore(asHeld(log.read(state.replay(), replay.budget())), state.replaySeen());
        holdout.restore(
                asHeld(log.read(state.holdout(), holdout.budget())), state.holdoutSeen(), state.holdoutSeenUnlabeled());
        restoreLearner(checkpoint);
        guard.restore(checkpoint.tensors());
        drift.restore(state.driftDetector(), state.drift(), state.boostedUntil());
        wanted.restore(state.wanted());
    }

    private void restoreLearner(TrainerCheckpoint checkpoint) {
        try {
            learner.restore(checkpoint.tensors(), checkpoint.state().prequential());
        } catch (RuntimeException e) {
            throw new UsageException(
                    "The checkpoint of model " + line.model() + " does not fit its student (" + e.getMessage()
                            + "); set trainer.student.card to the card that it was trained from, or use another"
                            + " trainer.checkpoint.folder.",
                    e);
        }
    }
}
