package dev.reflux.trainer;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.trace.LogScope;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.fates.Fate;
import dev.reflux.trainer.fates.FateLog;
import dev.reflux.trainer.guard.LearningGuard;
import dev.reflux.trainer.guard.Verdict;
import dev.reflux.trainer.ingest.DuplicateFilter;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.HoldoutBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of each sample of a window: dead letter, duplicate, set aside by the guard, held out, or new. A
 * sample that is set aside is a dead letter too, so that it can be sent again. It counts every outcome except
 * the trained frames, which the learning loop counts. The training thread only.
 */
final class SampleIntake {

    private static final Logger LOG = LoggerFactory.getLogger(SampleIntake.class);

    private final LearningGuard guard;
    private final DuplicateFilter duplicates;
    private final FateLog fates;
    private final HoldoutRule rule;
    private final HoldoutBuffer holdout;
    private final CheckpointedRandom random;
    private final Consumer<DeadLetter> deadLetters;
    private final TrainerGauges gauges;
    private final LostSamples lost;
    private long heldOut;
    private long dropped;
    private long deadLettered;

    /** @param deadLetters returns when the letter has been written */
    SampleIntake(CheckpointedParts parts, HoldoutRule rule, Consumer<DeadLetter> deadLetters, TrainerGauges gauges) {
        this.guard = parts.guard().guard();
        this.duplicates = parts.duplicates();
        this.fates = parts.fates();
        this.holdout = parts.holdout();
        this.random = parts.random();
        this.rule = rule;
        this.deadLetters = deadLetters;
        this.gauges = gauges;
        this.lost = new LostSamples(parts.line().topic(), gauges);
    }

    /** Returns the new samples of a window in their order; all others have had their effect. */
    List<TrainingSample> newSamples(List<PolledSample> window) {
        List<TrainingSample> fresh = new ArrayList<>();
        for (PolledSample polled : window) {
            if (polled instanceof PolledSample.Rejected rejected) {
                reject(rejected);
            } else if (polled instanceof PolledSample.Decoded decoded) {
                sort(decoded, fresh);
            } else if (polled instanceof PolledSample.Removed removed) {
                lost.add(removed.gap());
            }
        }
        return fresh;
    }

    private void reject(PolledSample.Rejected rejected) {
        try (LogScope scope = LogScope.of(
                rejected.source().headers(),
                MessageCodec.frameIdInSample(rejected.source().value()))) {
            LOG.info(
                    "Rejected the sample at partition {} offset {}: {} {}",
                    rejected.source().partition(),
                    rejected.source().offset(),
                    rejected.reason().reason(),
                    rejected.reason().getMessage());
        }
        deadLetter(rejected, "trainer.ingest", rejected.reason());
    }

    private void deadLetter(PolledSample.Polled polled, String stage, RejectedFrameException reason) {
        deadLetters.accept(DeadLetter.of(polled.source(), stage, reason));
        fates.decide(
                polled.reference(),
                Fate.because(Fate.DEAD_LETTERED, reason.reason().name()));
        deadLettered++;
        gauges.rejected(reason.reason());
    }

    /**
     * Refuses the samples of a window that no step could be made on.
     *
     * @param window all samples of the window
     * @param skipped those that no step could be made on
     */
    void skipped(List<PolledSample> window, List<TrainingSample> skipped) {
        LOG.warn(
                "No optimizer step could be made on {} frames, the first of which is {}; they are dead letters.",
                skipped.size(),
                skipped.get(0).frameId());
        Set<SampleReference> references =
                skipped.stream().map(TrainingSample::reference).collect(Collectors.toSet());
        for (PolledSample polled : window) {
            if (polled instanceof PolledSample.Decoded decoded && references.contains(decoded.reference())) {
                duplicates.forget(decoded.identity());
                deadLetter(
                        decoded,
                        "trainer.update",
                        new RejectedFrameException(
                                Rejection.STEP_SKIPPED,
                                "Every optimizer step on the frame's window had a gradient that is not finite or exploded."));
            }
        }
    }

    /** A frame that is set aside has had no effect: if it is sent again later, it is not a duplicate. */
    private void setAside(PolledSample.Decoded decoded, Verdict verdict) {
        duplicates.forget(decoded.identity());
        deadLetter(decoded, "trainer.guard", new RejectedFrameException(Rejection.SET_ASIDE, verdict.sentence()));
    }

    private void sort(PolledSample.Decoded decoded, List<TrainingSample> fresh) {
        TrainingSample sample = decoded.sample();
        if (!duplicates.firstSight(decoded.identity(), sample.source())) {
            fates.decide(sample.reference(), Fate.duplicateOf(first(decoded)));
            dropped++;
            gauges.outcome("duplicate");
            return;
        }
        TrainingSample repaired = guard.repaired(sample);
        Verdict verdict = guard.judge(repaired);
        if (repaired != sample) {
            guard.noteRepair(repaired);
        }
        if (verdict.setsAside()) {
            setAside(decoded, verdict);
        } else if (rule.holdsOut(sample.cameraId(), sample.capturedAtMicros())) {
            holdout.add(repaired, random);
            fates.decide(sample.reference(), Fate.of(Fate.HELD_OUT));
            heldOut++;
            gauges.outcome("held-out");
        } else {
            fresh.add(repaired);
        }
    }

    private @Nullable FramePlace first(PolledSample.Decoded again) {
        FramePlace source = again.sample().source();
        return source == null ? null : duplicates.firstPlace(again.identity(), source);
    }

    /** @param trained the number of trained frames, as the learning loop counts them */
    TrainerState.Counts counts(long trained) {
        return new TrainerState.Counts(trained, heldOut, dropped, deadLettered);
    }

    /** Returns what retention removed before it was read. */
    LostSamples lost() {
        return lost;
    }

    void restore(TrainerState state) {
        heldOut = state.counts().heldOut();
        dropped = state.counts().duplicates();
        deadLettered = state.counts().deadLettered();
        lost.restore(state.lost(), state.gaps() == null ? List.of() : state.gaps());
    }
}
