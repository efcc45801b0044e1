package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.evaluation.ConfusionMatrix;
import dev.reflux.evaluation.Prequential;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.image.Predictions;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.TrainableProjectionHead;
import dev.reflux.torch.optim.AdamW;
import dev.reflux.torch.optim.Ema;
import dev.reflux.torch.optim.GradientClipping;
import dev.reflux.torch.optim.LearningRateSchedule;
import dev.reflux.torch.optim.Optimizer;
import dev.reflux.trainer.distillation.DistillationLoss;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossTerms;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A student and everything that changes it: weights, projection head, optimizer, average, prequential score. Knows
 * nothing of Kafka: benchmarks feed it from memory.
 *
 * <ol>
 *   <li>The same samples in the same order with the same random numbers give the same weights, bit by bit.
 *   <li>{@link #restore} of {@link #state} goes on as if there had been no interruption.
 *   <li>A step whose gradient is not finite changes nothing of the student: neither weights nor averages, moments or
 *       batch-norm statistics, which its forward pass has moved already.
 *   <li>A step on samples of the sizes of the step before takes no new memory outside of the heap.
 * </ol>
 *
 * One owner thread. The student is the caller's to close.
 */
public final class StudentLearner implements AutoCloseable {

    /** Samples that a forward pass for remembering takes together. */
    private static final int REMEMBERED_TOGETHER = 4;

    private static final String REMEMBERED = "remembered";
    private static final String CLASS_PIXELS = "class-pixels";

    private final TorchRuntime runtime;
    private final SegmentationModel student;
    private final LearnerSettings settings;
    private final TrainableProjectionHead head;
    private final DistillationLoss loss;
    private final Optimizer optimizer;
    private final LearningRateSchedule schedule;
    private final Ema ema;
    private final Prequential prequential;
    private final List<PtNDArray> trained = new ArrayList<>();
    private final List<PtNDArray> statistics = new ArrayList<>();
    private final List<PtNDArray> statisticsBefore = new ArrayList<>();
    private final RememberedLogits remembered = new RememberedLogits();
    private final BatchTensors.Memory memory = new BatchTensors.Memory();
    private final ClassBalance balance;
    private final Predictions predictions = new Predictions();
    private double learningRateFactor = 1;
    private double windowMiou = Double.NaN;

    /** @param student loaded for training, with the classes of the stream */
    public StudentLearner(TorchRuntime runtime, SegmentationModel student, LearnerSettings settings, long seed) {
        this.runtime = runtime;
        this.student = student;
        this.settings = settings;
        int classes = student.card().labelSchema().classCount();
        this.head = TrainableProjectionHead.create(
                runtime, student.card().featuresChannels(), classes, settings.projectionRelu(), seed);
        this.loss = new DistillationLoss(runtime);
        this.optimizer = new AdamW(runtime, new AdamW.Settings(0.9, 0.999, settings.weightDecay(), 1e-8, false));
        this.schedule =
                LearningRateSchedule.constant(settings.learningRate()).withWarmUp(settings.learningRateWarmUp());
        this.ema = new Ema(runtime, settings.emaDecay(), student.parametersAndBuffers());
        this.balance = new ClassBalance(classes, settings.classBalance());
        this.prequential = new Prequential(classes, settings.prequentialFading());
        trained.addAll(student.parameters());
        trained.addAll(head.parameters());
        statistics.addAll(student.buffers());
        statistics.addAll(head.buffers());
        statistics.forEach(one -> statisticsBefore.add((PtNDArray) one.duplicate()));
    }

    public SegmentationModel student() {
        return student;
    }

    /**
     * Z_s as the student's projection head gives it now, with the statistics gathered so far; unrecorded.
     *
     * @param features of the student, [N,F,h,w]
     */
    public NDArray projected(NDManager to, NDArray features) {
        return head.forward(to, features);
    }

    /** The averaged weights. */
    public Ema ema() {
        return ema;
    }

    public long steps() {
        return optimizer.steps();
    }

    /** Test-then-train mIoU, 0..1, of augmented views at the logits' grid; NaN before the first frame. */
    public double prequentialMiou() {
        return prequential.miou();
    }

    /** mIoU, 0..1, of the last batch's new frames by the forward pass before the step; NaN where there were none yet. */
    public double windowMiou() {
        return windowMiou;
    }

    /** Scales the learning rate from the next step on; 1 is what the settings say. */
    public void scaleLearningRate(double factor) {
        learningRateFactor = factor;
    }

    /**
     * One optimizer step.
     *
     * @param samples of one view; the first {@code fresh} have not been trained on before
     * @param fresh how many are scored prequentially, by the forward pass before their own update
     * @param framesTrained frames before this batch, for the warm-up
     */
    public StepReport learn(List<TrainingSample> samples, int fresh, long framesTrained, RandomGenerator random) {
        return step(samples, new Look(fresh, true), framesTrained, random);
    }

    /** One more step on a window whose new frames {@link #learn} has counted: they are looked at, not counted again. */
    public StepReport learnAgain(List<TrainingSample> samples, int fresh, long framesTrained, RandomGenerator random) {
        return step(samples, new Look(fresh, false), framesTrained, random);
    }

    /**
     * What a step's own forward pass is used for.
     *
     * @param frames at the batch's beginning that are scored
     * @param counts whether the test-then-train score counts them
     */
    private record Look(int frames, boolean counts) {}

    private StepReport step(List<TrainingSample> samples, Look look, long framesTrained, RandomGenerator random) {
        Stopwatch watch = new Stopwatch();
        boolean warmUp = framesTrained < settings.warmUpFrames();
        DistillationMethod method = warmUp ? settings.loss().withoutTeacher() : settings.loss();
        BatchTensors batch = new BatchTensors(runtime, memory, samples, augmentations(samples.size(), random));
        runtime.helper().copy(statisticsBefore, statistics);
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            NDManager scratch = step.manager();
            NDArray x = batch.images(scratch, student.card().input());
            double prepare = watch.lap();
            SegmentationModel.Output out = student.forwardTraining(scratch, x);
            NDArray projected = head.forwardTraining(scratch, out.features());
            double forward = watch.lap();
            LossTerms terms = step.unrecorded(() -> terms(scratch, method, batch, out.logits(), projected, look));
            double lossTime = watch.lap();
            step.backward(List.of(out.logits(), projected), List.of(terms.logitsGradient(), terms.projectedGradient()));
            List<PtNDArray> gradients = step.gradients(trained);
            double backward = watch.lap();
            double norm = GradientClipping.clipGlobalNorm(runtime, gradients, settings.clipNorm());
            double rate = learningRateFactor * schedule.at(optimizer.steps());
            if (Double.isFinite(norm)) {
                optimizer.step(trained, gradients, rate);
                ema.update();
            } else {
                runtime.helper().copy(statistics, statisticsBefore);
            }
            var times = new StepReport.StageTimes(prepare, forward, lossTime, backward, watch.lap());
            return report(warmUp, terms, norm, rate, times);
        }
    }

    private StepReport report(boolean warmUp, LossTerms terms, double norm, double rate, StepReport.StageTimes times) {
        return new StepReport(
                optimizer.steps(),
                warmUp,
                terms.ce(),
                terms.kd(),
                terms.hakd(),
                terms.bce(),
                terms.consistency(),
                terms.total(),
                terms.teacherShare(),
                terms.maxWeight(),
                norm,
                rate,
                times);
    }

    private LossTerms terms(
            NDManager scratch,
            DistillationMethod method,
            BatchTensors batch,
            NDArray logits,
            NDArray projected,
            Look look) {
        int height = (int) logits.getShape().get(2);
        int width = (int) logits.getShape().get(3);
        int rows = (int) projected.getShape().get(2);
        int columns = (int) projected.getShape().get(3);
        List<LabelMap> labels = batch.labels(height, width);
        if (look.frames() > 0) {
            score(logits, labels, look);
        }
        if (look.counts() && !balance.isEven()) {
            balance.count(labels.subList(0, look.frames()));
        }
        List<LabelMap> projectedLabels = batch.labels(rows, columns, settings.projectedLabels(), head.classes());
        NDArray teacherLogits = method.usesLogits() ? batch.logits(scratch, height, width) : logits;
        NDArray teacherProjected = method.usesProjected() ? batch.projected(scratch, rows, columns) : projected;
        LossTerms terms = loss.of(
                scratch,
                method,
                new LossInputs(
                        logits,
                        teacherLogits,
                        batch.ofPixels(scratch, labels),
                        balance.isEven() ? null : batch.weights(scratch, labels, balance),
                        projected,
                        teacherProjected,
                        batch.ofCells(scratch, projectedLabels)));
        return consistent(scratch, terms, batch, logits, height, width);
    }

    private LossTerms consistent(
            NDManager scratch, LossTerms terms, BatchTensors batch, NDArray logits, int height, int width) {
        SortedMap<Integer, LogitMap> known = new TreeMap<>();
        for (int place = 0; place < batch.size() && !remembered.isEmpty(); place++) {
            LogitMap map = remembered.of(batch.sample(place).reference());
            if (map != null) {
                known.put(place, map);
            }
        }
        if (known.isEmpty()) {
            return terms;
        }
        return loss.withConsistency(
                scratch,
                terms,
                logits,
                batch.some(scratch, known, height, width),
                batch.places(scratch, known.keySet()),
                settings.consistency());
    }

    /**
     * Remembers what the student says now of those samples that it has no memory of, and forgets all that are not among
     * them: to be told what replay holds, whenever that has changed. Nothing happens where the settings have no
     * consistency.
     */
    public void remember(List<TrainingSample> held) {
        if (settings.consistency() == 0) {
            return;
        }
        remembered.keepOnly(held);
        Map<ImageSize, List<TrainingSample>> unknown = held.stream()
                .filter(sample -> !remembered.knows(sample.reference()))
                .collect(Collectors.groupingBy(TrainingSample::view, LinkedHashMap::new, Collectors.toList()));
        for (List<TrainingSample> samples : unknown.values()) {
            for (int from = 0; from < samples.size(); from += REMEMBERED_TOGETHER) {
                rememberBatch(samples.subList(from, Math.min(samples.size(), from + REMEMBERED_TOGETHER)));
            }
        }
    }

    private void rememberBatch(List<TrainingSample> samples) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            List<LogitMap> said = LogitTensors.maps(lookAt(scratch, samples).logits());
            for (int i = 0; i < samples.size(); i++) {
                remembered.store(samples.get(i).reference(), said.get(i));
            }
        }
    }

    /**
     * Z_s of samples as they are, without augmentation and by the statistics gathered so far, on the student's feature
     * grid. Changes nothing.
     *
     * @param samples of one view
     */
    public List<LogitMap> project(List<TrainingSample> samples) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            return LogitTensors.maps(projected(scratch, lookAt(scratch, samples).features()));
        }
    }

    private SegmentationModel.Output lookAt(NDManager scratch, List<TrainingSample> samples) {
        List<Augmentation> asTheyAre = Collections.nCopies(samples.size(), Augmentation.NONE);
        NDArray x = new BatchTensors(runtime, memory, samples, asTheyAre)
                .images(scratch, student.card().input());
        return student.forward(scratch, x);
    }

    private void score(NDArray logits, List<LabelMap> labels, Look look) {
        List<LabelMap> predicted = predictions.argmax(logits);
        ConfusionMatrix window =
                new ConfusionMatrix(student.card().labelSchema().classCount());
        for (int i = 0; i < look.frames(); i++) {
            window.add(predicted.get(i).ids(), labels.get(i).ids());
            if (look.counts()) {
                prequential.add(predicted.get(i).ids(), labels.get(i).ids());
            }
        }
        windowMiou = window.miou();
    }

    private List<Augmentation> augmentations(int count, RandomGenerator random) {
        List<Augmentation> drawn = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Augmentation photometric = settings.photometric() > 0
                    ? Augmentation.photometric(random, settings.photometric())
                    : Augmentation.NONE;
            drawn.add(settings.flip() ? photometric.withFlip(random.nextBoolean()) : photometric);
        }
        return drawn;
    }

    /** Everything that the next step depends on, by name. */
    public Map<String, byte[]> state() {
        Map<String, byte[]> state = new HashMap<>(Map.of(
                "student", student.safetensors(),
                "head", head.safetensors(),
                "optimizer", optimizer.exportState(),
                "ema", ema.exportState()));
        if (settings.consistency() > 0) {
            state.put(REMEMBERED, remembered.exportState());
        }
        if (!balance.isEven()) {
            state.put(CLASS_PIXELS, balance.exportState());
        }
        return Map.copyOf(state);
    }

    /** The prequential score's part of the state. */
    public double[] prequentialState() {
        return prequential.state();
    }

    /**
     * @param state as {@link #state} gave it, of the same student architecture and classes; what the
     *     settings of the learner that gave it had no use for is begun anew
     */
    public void restore(Map<String, byte[]> state, double[] prequentialState) {
        student.restore(part(state, "student"));
        head.restore(part(state, "head"));
        optimizer.importState(part(state, "optimizer"));
        ema.importState(part(state, "ema"));
        remembered.importState(state.get(REMEMBERED));
        balance.importState(state.get(CLASS_PIXELS));
        prequential.restore(prequentialState);
    }

    private static byte[] part(Map<String, byte[]> state, String name) {
        byte[] part = state.get(name);
        if (part == null) {
            throw new IllegalArgumentException("the state has no " + name);
        }
        return part;
    }

    @Override
    public void close() {
        statisticsBefore.forEach(NDArray::close);
        ema.close();
        optimizer.close();
        loss.close();
        head.close();
    }

    /** Milliseconds from lap to lap. */
    private static final class Stopwatch {
        private long last = System.nanoTime();

        double lap() {
            long now = System.nanoTime();
            double millis = (now - last) / 1e6;
            last = now;
            return millis;
        }
    }
}
