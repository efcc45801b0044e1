package dev.reflux.benchmarks.memory;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReservoirReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.LearnerSettings;
import dev.reflux.trainer.update.StudentLearner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Trains on small frames for many steps as the trainer does, with replay, prequential score and the state of a
 * checkpoint at intervals, and samples the memory of the process. Frames are random, because their content has no influence.
 */
public final class MemoryBenchmark {

    /** The step from which memory is expected to be stable: buffers are full and all code is compiled. */
    public static final int REFERENCE_STEP = 200;

    private static final double ALLOWED = 0.05;
    private static final int FRESH = 4;
    private static final int REPLAYED = 4;
    private static final int STEPS_PER_WINDOW = 4;
    private static final int REPLAY = 100;
    private static final int CHECKPOINT_EVERY = 40;
    private static final int SAMPLE_EVERY = 10;
    private static final int AVERAGED = 3;
    private static final ImageSize VIEW = new ImageSize(96, 64);
    private static final int STRIDE = 8;
    private static final long SEED = 1;

    private final Path student;
    private final TorchOptions torch;
    private final int steps;
    private final int referenceStep;
    private final Consumer<String> progress;

    /**
     * @param student the student's card; its weights are initialized at random
     * @param steps number of steps, more than the reference step
     * @param referenceStep the step with which the end is compared
     * @param progress receives a line of progress
     */
    public MemoryBenchmark(Path student, TorchOptions torch, int steps, int referenceStep, Consumer<String> progress) {
        if (referenceStep < AVERAGED * SAMPLE_EVERY || steps < referenceStep + AVERAGED * SAMPLE_EVERY) {
            throw new IllegalArgumentException(steps + " steps are too few to compare with step " + referenceStep);
        }
        this.student = student;
        this.torch = torch;
        this.steps = steps;
        this.referenceStep = referenceStep;
        this.progress = progress;
    }

    /** @throws dev.reflux.common.failure.UsageException if the operating system does not report the memory of a process */
    public MemoryFigures run() {
        ResidentMemory.mebibytes();
        try (TorchRuntime runtime = TorchRuntime.start(torch);
                SegmentationModel model = SegmentationModel.load(runtime, student, SegmentationModel.Mode.TRAINING)) {
            model.resetParameters((int) SEED);
            try (StudentLearner learner = new StudentLearner(runtime, model, settings(), SEED)) {
                List<MemoryFigures.Sample> samples =
                        watched(learner, model.card().labelSchema());
                double reference = around(samples, referenceStep);
                double end = around(samples, steps);
                return new MemoryFigures(
                        model.card().name(),
                        steps,
                        referenceStep,
                        reference,
                        end,
                        end / reference - 1,
                        ALLOWED,
                        samples);
            }
        }
    }

    private static LearnerSettings settings() {
        return new LearnerSettings(LossSettings.standard(), 0, 0.002, 20, 0.01, 5, 0.95, 0.25f, true, 0.98, 0, 0.5);
    }

    private List<MemoryFigures.Sample> watched(StudentLearner learner, LabelSchema schema) {
        List<MemoryFigures.Sample> samples = new ArrayList<>();
        ReplayBuffer replay = new ReservoirReplay(REPLAY);
        CheckpointedRandom random = new CheckpointedRandom(SEED);
        Random frames = new Random(SEED);
        List<TrainingSample> fresh = List.of();
        long checkpointBytes = 0;
        for (int step = 1; step <= steps; step++) {
            boolean first = (step - 1) % STEPS_PER_WINDOW == 0;
            if (first) {
                fresh.forEach(sample -> replay.offer(sample, random));
                fresh = window(frames, schema.classCount(), step);
            }
            List<TrainingSample> batch = new ArrayList<>(fresh);
            batch.addAll(replay.draw(REPLAYED, random));
            learner.learn(batch, first ? FRESH : 0, step, random);
            if (step % CHECKPOINT_EVERY == 0) {
                checkpointBytes += learner.state().values().stream()
                        .mapToLong(part -> part.length)
                        .sum();
            }
            if (step % SAMPLE_EVERY == 0) {
                samples.add(new MemoryFigures.Sample(step, ResidentMemory.mebibytes(), heap()));
                progress.accept(String.format(
                        Locale.ROOT,
                        "step %d/%d  %.0f MiB resident, %d MiB of checkpoints made",
                        step,
                        steps,
                        samples.get(samples.size() - 1).resident(),
                        checkpointBytes >> 20));
            }
        }
        return samples;
    }

    private static double heap() {
        return Runtime.getRuntime().totalMemory() / 1024.0 / 1024.0;
    }

    private static double around(List<MemoryFigures.Sample> samples, int step) {
        return samples.stream()
                .filter(one -> one.step() <= step && one.step() > step - AVERAGED * SAMPLE_EVERY)
                .mapToDouble(MemoryFigures.Sample::resident)
                .average()
                .orElseThrow();
    }

    private static List<TrainingSample> window(Random random, int classes, int step) {
        List<TrainingSample> window = new ArrayList<>();
        for (int i = 0; i < FRESH; i++) {
            window.add(sample(random, classes, "frame-" + step + "-" + i));
        }
        return window;
    }

    private static TrainingSample sample(Random random, int classes, String id) {
        byte[] rgb = new byte[Math.toIntExact(3 * VIEW.pixels())];
        random.nextBytes(rgb);
        byte[] ids = new byte[Math.toIntExact(VIEW.pixels())];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) random.nextInt(classes);
        }
        return new TrainingSample(
                new SampleReference(0, 0),
                id,
                "camera",
                0,
                "random",
                new RgbImage(VIEW.width(), VIEW.height(), rgb),
                new LabelMap(VIEW.width(), VIEW.height(), ids),
                logits(random, classes),
                logits(random, classes),
                VIEW);
    }

    private static LogitMap logits(Random random, int classes) {
        TensorShape shape = new TensorShape(classes, VIEW.height() / STRIDE, VIEW.width() / STRIDE);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new LogitMap(shape, values);
    }
}
