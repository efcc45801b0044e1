package dev.reflux.trainer;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.meters.Meter;
import dev.reflux.registry.format.Lineage;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerCheckpoint;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.fates.FatesFile;
import dev.reflux.trainer.guard.LabelsAside;
import dev.reflux.trainer.guard.LastGood;
import dev.reflux.trainer.guard.LearningGuard;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TeacherIdentity;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.LearningLoop;
import dev.reflux.trainer.loop.LoopListener;
import dev.reflux.trainer.loop.LoopPolicies;
import dev.reflux.trainer.publish.HoldoutScores;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.publish.StudentPublisher;
import dev.reflux.trainer.update.StepReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains on polled samples: gathers them into windows, lets the {@link LearningLoop} train each window, writes checkpoints
 * and publishes versions.
 *
 * <ol>
 *   <li>A whole window takes effect at once and in order; only then its offsets count.
 *   <li>A checkpoint is only written between two windows. So it names for every partition one offset: all samples before it
 *       have had their effect, and none after it.
 *   <li>A version is published between two checkpoints of the same state: the first one announces it, the second one says
 *       that it is done. After a crash between them, the version is published, or found, at the next start.
 * </ol>
 *
 * The training thread only.
 */
final class StreamTrainer {

    private static final Logger LOG = LoggerFactory.getLogger(StreamTrainer.class);

    private final TrainingSchedule schedule;
    private final CheckpointedParts parts;
    private final SampleWindow window;
    private final SampleIntake intake;
    private final LearningLoop loop;
    private final CheckpointStore checkpoints;
    private final SampleFeed feed;
    private final StudentPublisher publisher;
    private final TrainerGauges gauges;
    private final TrainerListener listener;

    private final Map<Integer, Long> nextOffsets = new TreeMap<>();
    private long publishedVersion;
    private long framesAtLastPublish;
    private TrainerState.@Nullable Counts checkpointed;
    private @Nullable ImageSize view;
    private @Nullable ImageSize teacherView;

    /**
     * Creates a trainer that has seen no sample.
     *
     * @param schedule when it makes steps, checkpoints and versions
     * @param parts the parts whose state is in every checkpoint
     * @param window gathers the samples
     * @param intake decides what becomes of each sample
     * @param checkpoints where checkpoints are written
     * @param feed commits the offsets of each checkpoint
     * @param publisher publishes versions
     */
    StreamTrainer(
            TrainingSchedule schedule,
            CheckpointedParts parts,
            SampleWindow window,
            SampleIntake intake,
            CheckpointStore checkpoints,
            SampleFeed feed,
            StudentPublisher publisher,
            TrainerGauges gauges,
            TrainerListener listener) {
        this.schedule = schedule;
        this.parts = parts;
        this.window = window;
        this.intake = intake;
        this.checkpoints = checkpoints;
        this.feed = feed;
        this.publisher = publisher;
        this.gauges = gauges;
        this.listener = listener;
        this.loop = new LearningLoop(
                parts.learner(),
                parts.replay(),
                parts.random(),
                schedule.loop(),
                LoopPolicies.standard(),
                new StepWatch());
    }

    /** Adds a sample to the window, and trains if the window is complete. */
    void take(PolledSample sample) {
        if (window.add(sample)) {
            flush();
        }
    }

    /** Returns the number of samples in the window. */
    int waiting() {
        return window.size();
    }

    /** Returns whether the oldest sample in the window has waited for the given time. */
    boolean hasWaited(Duration linger) {
        return window.hasWaited(linger);
    }

    /** Lets all samples in the window take effect now. */
    void flush() {
        List<PolledSample> samples = window.take();
        trainByView(intake.trainable(samples), samples);
        purge();
        for (PolledSample sample : samples) {
            sample.tell(parts.fates());
            nextOffsets.put(sample.partition(), sample.nextOffset());
            sample.done();
        }
        listener.counted(counts());
        gauges.replay(parts.replay().samples().size(), parts.replay().bytes());
        gauges.guarded(parts.guard().guard());
        gauges.doubted(parts.guard().labels().doubted());
        checkpointOrPublish();
    }

    /** A batch has one view. If the student looks as its teacher does and that changes within a window, there are two batches. */
    private void trainByView(SampleIntake.Trainable fresh, List<PolledSample> polled) {
        Map<ImageSize, List<TrainingSample>> byView = fresh.samples().stream()
                .collect(Collectors.groupingBy(TrainingSample::view, LinkedHashMap::new, Collectors.toList()));
        byView.forEach((size, samples) -> {
            Set<SampleReference> lateLabels = samples.stream()
                    .map(TrainingSample::reference)
                    .filter(fresh.lateLabels()::contains)
                    .collect(Collectors.toSet());
            if (loop.train(samples, lateLabels, parts.guard().guard().trustOf(samples))) {
                intake.trained(polled, samples, lateLabels);
                parts.wanted().trained(samples);
            } else {
                intake.skipped(polled, samples, lateLabels);
            }
            view = size;
            teacherView = samples.get(samples.size() - 1).teacherView();
        });
    }

    /**
     * What replay and holdout have of a camera that has just been set aside, or of a teacher's bad time, leaves them; what they
     * have of a camera whose labels have just come to be doubted stays without its labels.
     */
    private void purge() {
        LearningGuard guard = parts.guard().guard();
        if (guard.takePurge()) {
            parts.purge(held -> guard.keptOf(held, true), held -> guard.keptOf(held, false));
        }
        LabelsAside labels = parts.guard().labels();
        if (labels.endWindow()) {
            parts.purge(labels::trustedOf, labels::trustedOf);
        }
    }

    /** Passes on each step to drift reaction, meters and listener. */
    private final class StepWatch implements LoopListener {

        @Override
        public void stepped(StepReport report, boolean firstStep) {
            if (parts.drift().shownBy(report, firstStep)) {
                gauges.drifted();
                listener.drifted(loop.framesTrained());
            }
            parts.guard().guard().stepped(report);
            double prequentialMiou = parts.learner().prequentialMiou();
            gauges.stepped(report, prequentialMiou);
            listener.stepped(report, counts(), prequentialMiou);
        }
    }

    private void checkpointOrPublish() {
        long trained = loop.framesTrained();
        if (trained - framesAtLastPublish >= schedule.publishEvery()
                || parts.fates().isFull()) {
            publish();
        } else if (trained - framesAtLastCheckpoint() >= schedule.checkpointEvery()) {
            checkpoint(false);
        }
    }

    private long framesAtLastCheckpoint() {
        return checkpointed == null ? 0 : checkpointed.trained();
    }

    /** Trains the window as it is, and publishes the last version if anything was learned since the one before. */
    void finish() {
        if (!window.isEmpty()) {
            flush();
        }
        if (loop.framesTrained() > framesAtLastPublish) {
            publish();
        } else {
            checkpoint(false);
        }
    }

    /** Writes a checkpoint of what has taken effect. The samples in the window are dropped: they will be read again. */
    void stop() {
        window.take();
        if (!counts().equals(checkpointed)) {
            checkpoint(false);
        }
    }

    /** A student that has collapsed is not published: it goes back to the last good weights. */
    private void publish() {
        HoldoutScores scores = publisher.score(parts.learner(), parts.holdout());
        double figure = scores.taken().figure();
        double good =
                parts.guard().lastGood().collapsedFrom(figure, publisher.scorer(parts.learner(), parts.holdout()));
        if (Double.isNaN(good)) {
            checkpoint(true);
            publishVersion(scores);
        } else {
            goBack(figure, good);
        }
    }

    private void publishVersion(HoldoutScores scores) {
        PublishedStudent student = publisher.publish(
                parts.learner(),
                scores,
                publishedView(),
                lineage(),
                fates(),
                intake.lost().count());
        gauges.published(student);
        listener.published(student);
        parts.guard().lastGood().keep(parts.learner(), scores.taken().figure(), loop.framesTrained(), nextOffsets);
        published(student.version().version());
    }

    private void goBack(double figure, double good) {
        LastGood lastGood = parts.guard().lastGood();
        LastGood.Mark mark = lastGood.mark();
        long trained = loop.framesTrained();
        LOG.warn(
                "The student of {} has collapsed and goes back to its last good weights: their holdout score is {}, its own is {}; the training on {} frames is undone, and no version is published.",
                parts.line().model(),
                percent(good),
                percent(figure),
                trained - mark.framesTrained());
        lastGood.goBack(parts.learner(), trained, nextOffsets);
        UnaryOperator<List<TrainingSample>> older = held -> held.stream()
                .filter(sample -> !mark.isBefore(sample.reference()))
                .toList();
        parts.purge(older, older);
        parts.fates().takeBack();
        gauges.wentBack();
        framesAtLastPublish = trained;
        checkpoint(false);
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }

    private ImageSize publishedView() {
        return view == null ? parts.learner().student().card().input().size() : view;
    }

    private byte[] fates() {
        return FatesFile.write(
                parts.line().model(),
                parts.line().topic(),
                publishedVersion,
                parts.fates().state(),
                nextOffsets);
    }

    private Lineage lineage() {
        TeacherIdentity teacher = parts.decoder().teacher();
        Map<String, Long> offsets = new TreeMap<>();
        nextOffsets.forEach((partition, next) -> offsets.put(parts.line().topic() + "-" + partition, next));
        Lineage lineage = new Lineage(
                publishedVersion,
                teacher == null ? "" : teacher.teacherId(),
                teacher == null ? "" : teacher.projectionHeadId(),
                parts.line().labelSchemaId(),
                offsets,
                parts.learner().steps(),
                loop.framesTrained());
        return teacherView == null ? lineage : lineage.withTeacherView(teacherView.toString());
    }

    private void published(long version) {
        publishedVersion = version;
        framesAtLastPublish = loop.framesTrained();
        parts.fates().published(nextOffsets);
        checkpoint(false);
    }

    private void checkpoint(boolean publishIntent) {
        TrainerProgress progress = progress(publishIntent);
        TrainerCheckpoint checkpoint = parts.checkpoint(progress);
        gauges.time(Meter.TRAINER_CHECKPOINT, () -> checkpoints.write(checkpoint));
        checkpointed = progress.counts();
        gauges.checkpointed();
        feed.checkpointed(progress.nextOffsets());
        listener.checkpointed(checkpoint.state());
    }

    private TrainerProgress progress(boolean publishIntent) {
        return new TrainerProgress(
                Map.copyOf(nextOffsets),
                counts(),
                publishedVersion,
                publishIntent,
                framesAtLastPublish,
                intake.lost().count(),
                intake.lost().gaps());
    }

    TrainerState.Counts counts() {
        return intake.counts(loop.framesTrained());
    }

    /**
     * Begins a line without a checkpoint.
     *
     * @param beginnings the first offset of each partition
     */
    void begin(Map<Integer, Long> beginnings) {
        nextOffsets.putAll(beginnings);
        parts.fates().published(beginnings);
    }

    /**
     * Continues from a checkpoint. A version that was still to be published is published now, unless the registry has it
     * already: a version is identified by its parent and step. Then it is only announced again.
     *
     * @param log reads the samples of replay and holdout again
     */
    void resume(TrainerCheckpoint checkpoint, SampleReader log) {
        TrainerState state = checkpoint.state();
        parts.restore(checkpoint, log);
        loop.restore(state.counts().trained());
        intake.restore(state);
        gauges.resumed(state.counts());
        nextOffsets.putAll(state.nextOffsets());
        publishedVersion = state.publishedVersion();
        framesAtLastPublish = state.framesAtLastPublish();
        checkpointed = state.counts();
        parts.replay().samples().forEach(sample -> {
            view = sample.view();
            teacherView = sample.teacherView();
        });
        if (state.publishIntent()) {
            publisher
                    .committed(parts.learner().steps(), publishedVersion)
                    .ifPresentOrElse(
                            version -> published(version.version()),
                            () -> publishVersion(publisher.score(parts.learner(), parts.holdout())));
        }
    }
}
