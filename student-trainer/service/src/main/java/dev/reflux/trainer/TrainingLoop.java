package dev.reflux.trainer;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.trace.LogScope;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.registry.format.Lineage;
import dev.reflux.trainer.checkpoint.Checkpoint;
import dev.reflux.trainer.checkpoint.Checkpoints;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.DuplicateFilter;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TeacherIdentity;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.publish.StudentPublisher;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.HoldoutSet;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the training thread does with what arrives. Arrivals are gathered into a window until it holds enough new frames
 * for a batch, or as many arrivals of any kind as may wait; then the whole window has its effect at once, in order, and
 * only then its offsets count. So a checkpoint, which is only ever made between two windows, names for every partition
 * one offset before which everything has had its effect and behind which nothing has.
 *
 * <p>The training thread only.
 */
final class TrainingLoop {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

    private final Cadence cadence;
    private final StudentLearner learner;
    private final ReplayBuffer replay;
    private final HoldoutSet holdout;
    private final HoldoutRule rule;
    private final DuplicateFilter duplicates;
    private final SampleDecoder decoder;
    private final DriftReaction drift;
    private final CheckpointedRandom random;
    private final Checkpoints checkpoints;
    private final StudentPublisher publisher;
    private final Consumer<DeadLetter> deadLetters;
    private final Consumer<Map<Integer, Long>> safeOffsets;
    private final Identity identity;
    private final TrainerGauges gauges;
    private final TrainerListener listener;

    private final List<Arrival> window = new ArrayList<>();
    private final Map<Integer, Long> nextOffsets = new TreeMap<>();
    private int newFrames;
    private long trained;
    private long heldOut;
    private long dropped;
    private long refused;
    private long publishedVersion;
    private long framesAtLastPublish;
    private TrainerState.@Nullable Counts checkpointed;
    private @Nullable ImageSize view;

    /** Who is trained on what. */
    record Identity(String model, String labelSchemaId, String topic) {}

    /**
     * The parts of a loop: what it is made of and whom it tells.
     *
     * @param deadLetters has written a letter when it returns
     * @param safeOffsets hears the next offsets that a checkpoint holds
     */
    record Parts(
            StudentLearner learner,
            ReplayBuffer replay,
            HoldoutSet holdout,
            HoldoutRule rule,
            DuplicateFilter duplicates,
            SampleDecoder decoder,
            DriftReaction drift,
            CheckpointedRandom random,
            Checkpoints checkpoints,
            StudentPublisher publisher,
            Consumer<DeadLetter> deadLetters,
            Consumer<Map<Integer, Long>> safeOffsets,
            TrainerGauges gauges,
            TrainerListener listener) {}

    TrainingLoop(Cadence cadence, Identity identity, Parts parts) {
        this.cadence = cadence;
        this.identity = identity;
        this.learner = parts.learner();
        this.replay = parts.replay();
        this.holdout = parts.holdout();
        this.rule = parts.rule();
        this.duplicates = parts.duplicates();
        this.decoder = parts.decoder();
        this.drift = parts.drift();
        this.random = parts.random();
        this.checkpoints = parts.checkpoints();
        this.publisher = parts.publisher();
        this.deadLetters = parts.deadLetters();
        this.safeOffsets = parts.safeOffsets();
        this.gauges = parts.gauges();
        this.listener = parts.listener();
    }

    /** Takes one arrival in; trains when a batch is together, or when as much waits as may. */
    void take(Arrival arrival) {
        window.add(arrival);
        if (arrival instanceof Arrival.Decoded decoded && !holdsOut(decoded.sample())) {
            newFrames++;
        }
        if (newFrames == cadence.newFrames() || window.size() == cadence.window()) {
            flush();
        }
    }

    /** How many arrivals wait for company. */
    int waitingCount() {
        return window.size();
    }

    /** Whether something waits for company. */
    boolean waiting() {
        return !window.isEmpty();
    }

    /** Lets everything that is waiting have its effect now. */
    void flush() {
        List<TrainingSample> fresh = new ArrayList<>();
        for (Arrival arrival : window) {
            if (arrival instanceof Arrival.Refused refusal) {
                refuse(refusal);
            } else if (arrival instanceof Arrival.Decoded decoded) {
                sort(decoded.sample(), fresh);
            }
        }
        // One batch looks at one size: where a teacher's view was set anew within a window, there are two.
        fresh.stream()
                .collect(Collectors.groupingBy(TrainingSample::view, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(this::train);
        for (Arrival arrival : window) {
            nextOffsets.put(arrival.source().partition(), arrival.source().offset() + 1);
            arrival.receipt().done();
        }
        window.clear();
        newFrames = 0;
        listener.counted(counts());
        gauges.replay(replay.samples().size());
        whatIsDue();
    }

    private void refuse(Arrival.Refused refusal) {
        try (LogScope scope = LogScope.of(
                refusal.source().headers(),
                MessageCodec.frameIdInSample(refusal.source().value()))) {
            LOG.info(
                    "Sample at partition {} offset {} refused: {} {}",
                    refusal.source().partition(),
                    refusal.source().offset(),
                    refusal.why().reason(),
                    refusal.why().getMessage());
        }
        deadLetters.accept(DeadLetter.of(refusal.source(), "trainer.ingest", refusal.why()));
        refused++;
        gauges.refused(refusal.why().reason());
    }

    private void sort(TrainingSample sample, List<TrainingSample> fresh) {
        if (!duplicates.firstSight(sample.frameId())) {
            dropped++;
            gauges.outcome("duplicate");
        } else if (holdsOut(sample)) {
            holdout.add(sample, random);
            heldOut++;
            gauges.outcome("held-out");
        } else {
            fresh.add(sample);
        }
    }

    private boolean holdsOut(TrainingSample sample) {
        return rule.holdsOut(sample.cameraId(), sample.capturedAtMicros());
    }

    private void train(List<TrainingSample> fresh) {
        boolean enough = false;
        for (int update = 0; update < cadence.updates() && !enough; update++) {
            List<TrainingSample> batch = new ArrayList<>(fresh);
            replay.draw(cadence.replayedFrames(), random).stream()
                    .filter(seen -> seen.view().equals(fresh.get(0).view()))
                    .forEach(batch::add);
            StepReport report = update == 0
                    ? learner.learn(batch, fresh.size(), trained, random)
                    : learner.learnAgain(batch, stopsEarly() ? fresh.size() : 0, trained, random);
            enough = stopsEarly() && learner.windowMiou() >= cadence.goodEnough();
            if (drift.shownBy(report, update == 0)) {
                gauges.drifted();
                listener.drifted(trained);
            }
            gauges.stepped(report, learner.prequentialMiou());
            listener.stepped(report, counts(), learner.prequentialMiou());
        }
        fresh.forEach(sample -> {
            replay.offer(sample, random);
            gauges.outcome("trained");
        });
        learner.remember(replay.samples());
        trained += fresh.size();
        view = fresh.get(fresh.size() - 1).view();
    }

    private boolean stopsEarly() {
        return cadence.goodEnough() < 1;
    }

    private void whatIsDue() {
        if (trained - framesAtLastPublish >= cadence.publishEvery()) {
            publish();
        } else if (trained - trainedAtLastCheckpoint() >= cadence.checkpointEvery()) {
            checkpoint(false);
        }
    }

    private long trainedAtLastCheckpoint() {
        return checkpointed == null ? 0 : checkpointed.trained();
    }

    /** Trains what is waiting and publishes the end of the stream, if anything was learnt since the last version. */
    void finish() {
        if (waiting()) {
            flush();
        }
        if (trained > framesAtLastPublish) {
            publish();
        } else {
            checkpoint(false);
        }
    }

    /** Checkpoints what has had its effect. What waits is forgotten: it will be read again. */
    void stop() {
        window.clear();
        newFrames = 0;
        if (!counts().equals(checkpointed)) {
            checkpoint(false);
        }
    }

    /** A checkpoint that owes a version, then the version, then a checkpoint that owes nothing. */
    private void publish() {
        checkpoint(true);
        settleDebt();
    }

    private void settleDebt() {
        TeacherIdentity teacher = decoder.teacher();
        PublishedStudent student = publisher.publish(
                learner,
                holdout,
                view == null ? learner.student().card().input().size() : view,
                new Lineage(
                        publishedVersion,
                        teacher == null ? "" : teacher.teacherId(),
                        teacher == null ? "" : teacher.projectionHeadId(),
                        identity.labelSchemaId(),
                        lineageOffsets(),
                        learner.steps(),
                        trained));
        gauges.published(student);
        listener.published(student);
        paid(student.version().version());
    }

    private void paid(long version) {
        publishedVersion = version;
        framesAtLastPublish = trained;
        checkpoint(false);
    }

    private Map<String, Long> lineageOffsets() {
        Map<String, Long> offsets = new TreeMap<>();
        nextOffsets.forEach((partition, next) -> offsets.put(identity.topic() + "-" + partition, next));
        return offsets;
    }

    private void checkpoint(boolean owesVersion) {
        gauges.time(
                Meter.TRAINER_CHECKPOINT, () -> checkpoints.write(new Checkpoint(state(owesVersion), learner.state())));
        checkpointed = counts();
        gauges.checkpointed();
        safeOffsets.accept(nextOffsets());
        listener.checkpointed(state(owesVersion));
    }

    private TrainerState state(boolean owesVersion) {
        return new TrainerState(
                identity.model(),
                identity.labelSchemaId(),
                new TreeMap<>(nextOffsets),
                counts(),
                random.state(),
                learner.prequentialState(),
                references(replay.samples()),
                replay.seen(),
                references(holdout.samples()),
                holdout.seen(),
                duplicates.state(),
                drift.state(),
                drift.boostedUntil(),
                decoder.teacher(),
                publishedVersion,
                owesVersion,
                framesAtLastPublish);
    }

    private static List<SampleReference> references(List<TrainingSample> samples) {
        return samples.stream().map(TrainingSample::reference).toList();
    }

    TrainerState.Counts counts() {
        return new TrainerState.Counts(trained, heldOut, dropped, refused);
    }

    /** Next offsets that have had their effect, by partition. */
    Map<Integer, Long> nextOffsets() {
        return Map.copyOf(nextOffsets);
    }

    /**
     * Becomes what a checkpoint says. A version that it owes is published now, unless it was committed just before the
     * end: a version is known by its parent and step. Then only its announcement is made again.
     *
     * @param refill reads samples again from the log
     */
    void resume(Checkpoint checkpoint, SampleReader refill) {
        TrainerState state = checkpoint.state();
        nextOffsets.putAll(state.nextOffsets());
        trained = state.counts().trained();
        heldOut = state.counts().heldOut();
        dropped = state.counts().duplicates();
        refused = state.counts().deadLettered();
        gauges.resumed(state.counts());
        publishedVersion = state.publishedVersion();
        framesAtLastPublish = state.framesAtLastPublish();
        checkpointed = state.counts();
        random.restore(state.random());
        duplicates.restore(state.recentFrames());
        if (state.teacher() != null) {
            decoder.bind(state.teacher());
        }
        replay.restore(refill.read(state.replay()), state.replaySeen());
        holdout.restore(refill.read(state.holdout()), state.holdoutSeen());
        replay.samples().forEach(sample -> view = sample.view());
        learner.restore(checkpoint.tensors(), state.prequential());
        learner.remember(replay.samples());
        drift.restore(state.drift(), state.boostedUntil());
        if (state.publishIntent()) {
            publisher
                    .committed(learner.steps(), publishedVersion)
                    .ifPresentOrElse(version -> paid(version.version()), this::settleDebt);
        }
    }

    /** Reads samples again by where they stand. */
    interface SampleReader {

        /** As many as asked for, in the order asked for, less those that the log no longer has. */
        List<TrainingSample> read(List<SampleReference> references);
    }

    /** How long a window may wait. */
    static boolean due(long oldestNanos, Duration linger) {
        return System.nanoTime() - oldestNanos >= linger.toNanos();
    }
}
