package dev.reflux.trainer;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.meters.Meter;
import dev.reflux.registry.format.Lineage;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerCheckpoint;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.fates.Fate;
import dev.reflux.trainer.fates.FatesFile;
import dev.reflux.trainer.ingest.TeacherIdentity;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.LearningLoop;
import dev.reflux.trainer.loop.LoopListener;
import dev.reflux.trainer.loop.LoopPolicies;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.publish.StudentPublisher;
import dev.reflux.trainer.update.StepReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
        trainByView(intake.newSamples(samples));
        for (PolledSample sample : samples) {
            sample.tell(parts.fates());
            nextOffsets.put(sample.partition(), sample.nextOffset());
            sample.done();
        }
        listener.counted(counts());
        gauges.replay(parts.replay().samples().size());
        checkpointOrPublish();
    }

    /** A batch has one view. If the teacher's view changes within a window, there are two batches. */
    private void trainByView(List<TrainingSample> fresh) {
        Map<ImageSize, List<TrainingSample>> byView = fresh.stream()
                .collect(Collectors.groupingBy(TrainingSample::view, LinkedHashMap::new, Collectors.toList()));
        byView.forEach((size, samples) -> {
            loop.train(samples);
            samples.forEach(sample -> {
                parts.fates().decide(sample.reference(), Fate.of(Fate.TRAINED));
                gauges.outcome("trained");
            });
            view = size;
        });
    }

    /** Passes on each step to drift reaction, meters and listener. */
    private final class StepWatch implements LoopListener {

        @Override
        public void stepped(StepReport report, boolean firstStep) {
            if (parts.drift().shownBy(report, firstStep)) {
                gauges.drifted();
                listener.drifted(loop.framesTrained());
            }
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

    private void publish() {
        checkpoint(true);
        publishVersion();
    }

    private void publishVersion() {
        PublishedStudent student = publisher.publish(
                parts.learner(),
                parts.holdout(),
                publishedView(),
                lineage(),
                fates(),
                intake.lost().count());
        gauges.published(student);
        listener.published(student);
        published(student.version().version());
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
        return new Lineage(
                publishedVersion,
                teacher == null ? "" : teacher.teacherId(),
                teacher == null ? "" : teacher.projectionHeadId(),
                parts.line().labelSchemaId(),
                offsets,
                parts.learner().steps(),
                loop.framesTrained());
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
        parts.replay().samples().forEach(sample -> view = sample.view());
        if (state.publishIntent()) {
            publisher
                    .committed(parts.learner().steps(), publishedVersion)
                    .ifPresentOrElse(version -> published(version.version()), this::publishVersion);
        }
    }
}
