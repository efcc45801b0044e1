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
import dev.reflux.trainer.guard.LabelsAside;
import dev.reflux.trainer.guard.LearningGuard;
import dev.reflux.trainer.guard.Verdict;
import dev.reflux.trainer.ingest.DuplicateFilter;
import dev.reflux.trainer.ingest.DuplicateFilter.Sight;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.HoldoutBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of each sample of a window: dead letter, duplicate, set aside by the guard, held out, a new frame, or
 * the label of a frame that had come before. A label that is not trusted is set aside, and its frame goes on without it. A sample that is set aside is a dead letter too, so that it can be sent again. It
 * counts every outcome except the trained frames, which the learning loop counts. The training thread only.
 */
final class SampleIntake {

    private static final Logger LOG = LoggerFactory.getLogger(SampleIntake.class);

    private final LearningGuard guard;
    private final LabelsAside labelsAside;
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
    private long labels;

    /** @param deadLetters returns when the letter has been written */
    SampleIntake(CheckpointedParts parts, HoldoutRule rule, Consumer<DeadLetter> deadLetters, TrainerGauges gauges) {
        this.guard = parts.guard().guard();
        this.labelsAside = parts.guard().labels();
        this.duplicates = parts.duplicates();
        this.fates = parts.fates();
        this.holdout = parts.holdout();
        this.random = parts.random();
        this.rule = rule;
        this.deadLetters = deadLetters;
        this.gauges = gauges;
        this.lost = new LostSamples(parts.line().topic(), gauges);
    }

    /**
     * What is to be trained on in a window.
     *
     * @param samples new frames and late labels in their order
     * @param lateLabels those that bring the label of a frame that had come before
     */
    record Trainable(List<TrainingSample> samples, Set<SampleReference> lateLabels) {}

    /** Returns what is to be trained on in a window; all other samples have had their effect. */
    Trainable trainable(List<PolledSample> window) {
        Trainable fresh = new Trainable(new ArrayList<>(), new HashSet<>());
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
     * @param lateLabels those that bring a late label
     */
    void skipped(List<PolledSample> window, List<TrainingSample> skipped, Set<SampleReference> lateLabels) {
        LOG.warn(
                "No optimizer step could be made on {} frames, the first of which is {}; they are dead letters.",
                skipped.size(),
                skipped.get(0).frameId());
        Set<SampleReference> references =
                skipped.stream().map(TrainingSample::reference).collect(Collectors.toSet());
        for (PolledSample polled : window) {
            if (polled instanceof PolledSample.Decoded decoded && references.contains(decoded.reference())) {
                duplicates.forget(
                        lateLabels.contains(decoded.reference()) ? Sight.LABEL : Sight.FRAME,
                        decoded.decoded().identity(),
                        decoded.decoded().frame());
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
    private void setAside(PolledSample.Decoded decoded, Sight sight, Verdict verdict) {
        duplicates.forget(sight, decoded.decoded().identity(), decoded.decoded().frame());
        deadLetter(decoded, "trainer.guard", new RejectedFrameException(Rejection.SET_ASIDE, verdict.sentence()));
    }

    private void sort(PolledSample.Decoded decoded, Trainable fresh) {
        TrainingSample sample = decoded.sample();
        Sight sight =
                duplicates.see(decoded.decoded().identity(), decoded.decoded().frame(), sample.source());
        if (sight == Sight.DUPLICATE) {
            fates.decide(
                    sample.reference(), Fate.duplicateOf(first(decoded.decoded().identity(), sample)));
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
            setAside(decoded, sight, verdict);
            return;
        }
        TrainingSample trusted = labelsAside.trusted(repaired, verdict);
        if (rule.holdsOut(sample.cameraId(), sample.capturedAtMicros())) {
            holdOut(decoded, sight, trusted);
        } else {
            fresh.samples().add(trusted);
            if (sight == Sight.LABEL) {
                fresh.lateLabels().add(trusted.reference());
            }
        }
    }

    private void holdOut(PolledSample.Decoded decoded, Sight sight, TrainingSample trusted) {
        if (sight == Sight.LABEL) {
            if (trusted.isLabeled()) {
                holdout.addLabel(trusted, random);
            }
            labeled(decoded);
        } else {
            holdout.add(trusted, random);
            fates.decide(trusted.reference(), Fate.of(Fate.HELD_OUT));
            heldOut++;
            gauges.outcome("held-out");
        }
    }

    /** Notes samples that have been trained on. */
    void trained(List<PolledSample> window, List<TrainingSample> samples, Set<SampleReference> lateLabels) {
        for (TrainingSample sample : samples) {
            if (!lateLabels.contains(sample.reference())) {
                fates.decide(sample.reference(), Fate.of(Fate.TRAINED));
                gauges.outcome("trained");
            }
        }
        for (PolledSample polled : window) {
            if (polled instanceof PolledSample.Decoded decoded && lateLabels.contains(decoded.reference())) {
                labeled(decoded);
            }
        }
    }

    private void labeled(PolledSample.Decoded decoded) {
        fates.decide(decoded.reference(), Fate.labelOf(first(decoded.decoded().frame(), decoded.sample())));
        labels++;
        gauges.outcome("labeled");
    }

    private @Nullable FramePlace first(long identity, TrainingSample again) {
        FramePlace source = again.source();
        return source == null ? null : duplicates.firstPlace(identity, source);
    }

    /** @param trained the number of trained frames, as the learning loop counts them */
    TrainerState.Counts counts(long trained) {
        return new TrainerState.Counts(trained, heldOut, dropped, deadLettered, labels);
    }

    /** Returns what retention removed before it was read. */
    LostSamples lost() {
        return lost;
    }

    void restore(TrainerState state) {
        heldOut = state.counts().heldOut();
        dropped = state.counts().duplicates();
        deadLettered = state.counts().deadLettered();
        labels = state.counts().labels();
        lost.restore(state.lost(), state.gaps() == null ? List.of() : state.gaps());
    }
}
