package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.image.Predictions;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.TrainableProjectionHead;
import dev.reflux.torch.optim.Ema;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A student and everything that changes it: weights, projection head, optimizer, averaged weights, prequential score,
 * class counts, remembered logits.
 *
 * <ol>
 *   <li>The same samples in the same order with the same random numbers give the same weights, bit by bit.
 *   <li>A learner that is {@linkplain #restore restored} from a {@linkplain #state state} continues as if there had been
 *       no interruption.
 *   <li>A step whose gradient is not finite, or above its {@linkplain #boundGradient bound}, changes nothing of the student: neither weights nor averages, moments or
 *       batch-norm statistics, which its forward pass has moved already.
 *   <li>A step on samples of the sizes of the step before takes no new memory outside of the heap.
 * </ol>
 *
 * One owner thread. The caller closes the student.
 */
public final class StudentLearner implements AutoCloseable {

    private static final String STUDENT = "student";
    private static final String HEAD = "head";
    private static final String OPTIMIZER = "optimizer";
    private static final String EMA = "ema";
    private static final String REMEMBERED = "remembered";
    private static final String CLASS_PIXELS = "class-pixels";

    private final TorchRuntime runtime;
    private final SegmentationModel student;
    private final long warmUpFrames;
    private final AugmentationDraw augmentation;
    private final BatchTensors.Memory memory = new BatchTensors.Memory();
    private final UnaugmentedForward forward;
    private final TrainableProjectionHead head;
    private final ClassBalance balance;
    private final ForwardScore score;
    private final FirstSights sights;
    private final ReplayConsistency consistency;
    private final BatchLoss loss;
    private final OptimizerStep step;
    private final Predictions predictions = new Predictions();
    private boolean listens = true;

    /**
     * Creates a learner that has made no step.
     *
     * @param runtime the runtime on whose device the student is
     * @param student the student, loaded for training, with the classes of the stream
     * @param settings how the student learns
     * @param seed the seed of the projection head's weights
     */
    public StudentLearner(TorchRuntime runtime, SegmentationModel student, LearnerSettings settings, long seed) {
        this.runtime = runtime;
        this.student = student;
        this.warmUpFrames = settings.warmUpFrames();
        this.augmentation = new AugmentationDraw(settings.photometric(), settings.flip());
        this.forward = new UnaugmentedForward(runtime, student, memory);
        int classes = student.card().labelSchema().classCount();
        this.head = TrainableProjectionHead.create(
                runtime, student.card().featuresChannels(), classes, settings.projectionRelu(), seed);
        this.balance = new ClassBalance(classes, settings.classBalance());
        this.score = new ForwardScore(classes, settings.prequentialFading());
        this.sights = new FirstSights(classes);
        this.consistency = new ReplayConsistency(runtime, settings.consistency(), forward);
        this.loss = new BatchLoss(runtime, settings, classes, balance, score, sights, consistency);
        this.step = new OptimizerStep(runtime, student, head, loss, settings);
    }

    public SegmentationModel student() {
        return student;
    }

    /**
     * Returns Z_s by the projection head's current weights and statistics, without a graph.
     *
     * @param to the owner of the result
     * @param features the student's features, float [N,F,h,w]
     */
    public NDArray projected(NDManager to, NDArray features) {
        return head.forward(to, features);
    }

    /** Returns the averaged weights. */
    public Ema ema() {
        return step.ema();
    }

    /** Returns the number of optimizer steps made. */
    public long steps() {
        return step.optimizer().steps();
    }

    /** Returns the test-then-train mIoU, 0..1, of augmented views on the logits' grid; NaN before the first frame. */
    public double prequentialMiou() {
        return score.prequentialMiou();
    }

    /**
     * Returns the mIoU, 0..1, of the last batch's scored frames by the forward pass before the step; NaN if none of them has a
     * label.
     */
    public double windowMiou() {
        return score.windowMiou();
    }

    /**
     * Returns the test-then-train fraction of correctly predicted pixels, 0..1, which fades like the mIoU; NaN before the
     * first frame.
     */
    public double accuracy() {
        return score.accuracy();
    }

    /** Sets whether the next steps use the teacher: its terms of the loss after the warm-up, and its classes from the beginning. */
    public void listenToTeacher(boolean use) {
        listens = use;
    }

    /** Sets whether the next steps note what student and teacher say of new frames without a label; at first they do not. */
    public void noteFirstSights(boolean note) {
        sights.turn(note);
    }

    /** Returns what the last {@link #learn} noted of its new frames without a label, in their order. */
    public List<FirstSight> firstSights() {
        return sights.last();
    }

    /** Sets who is told what the student says of new frames, from the next step on. */
    public void tell(FirstLook look) {
        score.tell(look);
    }

    /**
     * Skips the steps from the next one on whose gradient has a larger norm before clipping.
     *
     * @param norm the bound; infinity skips only what is not finite
     */
    public void boundGradient(double norm) {
        step.boundGradient(norm);
    }

    /** Scales the learning rate from the next step on; 1 is the configured rate. */
    public void scaleLearningRate(double factor) {
        step.scaleLearningRate(factor);
    }

    /**
     * Makes the first optimizer step on a window.
     *
     * @param samples samples of one view; the first {@code fresh} have not been trained on before
     * @param fresh the number of frames that the prequential score includes, by the forward pass before their own update
     * @param framesTrained the number of frames trained before this batch, for the warm-up
     * @param random the source of the augmentations
     */
    public StepReport learn(List<TrainingSample> samples, int fresh, long framesTrained, RandomGenerator random) {
        return step(samples, new ScoredFrames(fresh, true), framesTrained, random);
    }

    /**
     * Makes a further optimizer step on a window whose first step {@link #learn} has made.
     *
     * @param samples samples of one view, the window's new frames first
     * @param fresh the number of frames that {@link #windowMiou} is to score; the prequential score leaves them out
     * @param framesTrained the number of frames trained before this window, for the warm-up
     * @param random the source of the augmentations
     */
    public StepReport learnAgain(List<TrainingSample> samples, int fresh, long framesTrained, RandomGenerator random) {
        return step(samples, new ScoredFrames(fresh, false), framesTrained, random);
    }

    private StepReport step(
            List<TrainingSample> samples, ScoredFrames scored, long framesTrained, RandomGenerator random) {
        BatchTensors batch = new BatchTensors(runtime, memory, samples, augmentation.draw(samples.size(), random));
        return step.on(batch, use(framesTrained), scored);
    }

    private TeacherUse use(long framesTrained) {
        if (!listens) {
            return TeacherUse.NONE;
        }
        return framesTrained < warmUpFrames ? TeacherUse.CLASSES : TeacherUse.ALL;
    }

    /**
     * Remembers the student's current logits of those samples that it does not remember yet, and forgets all others. To be
     * called with the content of the replay buffer whenever that has changed. Without a consistency weight nothing happens.
     */
    public void remember(List<TrainingSample> held) {
        consistency.remember(held);
    }

    /**
     * Returns Z_s of samples without augmentation, by the current weights and statistics, on the student's feature grid.
     * Changes nothing.
     *
     * @param samples samples of one view
     */
    public List<LogitMap> project(List<TrainingSample> samples) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            return LogitTensors.maps(
                    projected(scratch, forward.of(scratch, samples).features()));
        }
    }

    /**
     * Returns the student's classes of samples without augmentation, on the logits' grid. Changes nothing.
     *
     * @param samples samples of one view
     */
    public List<LabelMap> predictions(List<TrainingSample> samples) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            return predictions.argmax(forward.of(scratch, samples).logits());
        }
    }

    /** Returns the weights of student and projection head, their averages and the optimizer's moments, as bytes by name. */
    public Map<String, byte[]> weights() {
        return Map.of(
                STUDENT, student.safetensors(),
                HEAD, head.safetensors(),
                OPTIMIZER, step.optimizer().exportState(),
                EMA, step.ema().exportState());
    }

    /** Returns the student's part of {@link #weights}, as a safetensors file. */
    public static byte[] studentOf(Map<String, byte[]> weights) {
        return part(weights, STUDENT);
    }

    /**
     * Takes the weights of an earlier moment; scores, class counts and remembered logits stay.
     *
     * @param weights a result of {@link #weights}
     */
    public void takeWeights(Map<String, byte[]> weights) {
        student.restore(part(weights, STUDENT));
        head.restore(part(weights, HEAD));
        step.optimizer().importState(part(weights, OPTIMIZER));
        step.ema().importState(part(weights, EMA));
    }

    /** Returns everything that the next step depends on, except the prequential score, as bytes by name. */
    public Map<String, byte[]> state() {
        Map<String, byte[]> state = new HashMap<>(weights());
        if (!consistency.isOff()) {
            state.put(REMEMBERED, consistency.exportState());
        }
        if (!balance.isEven()) {
            state.put(CLASS_PIXELS, balance.exportState());
        }
        return Map.copyOf(state);
    }

    /** Returns the state of the prequential score. */
    public double[] prequentialState() {
        return score.state();
    }

    /**
     * Continues from a state of a learner with the same student architecture and classes. Parts that the other learner's
     * settings did not use are reset.
     *
     * @param state a result of {@link #state}
     * @param prequentialState a result of {@link #prequentialState}
     */
    public void restore(Map<String, byte[]> state, double[] prequentialState) {
        takeWeights(state);
        consistency.importState(state.get(REMEMBERED));
        balance.importState(state.get(CLASS_PIXELS));
        score.restore(prequentialState);
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
        step.close();
        loss.close();
        consistency.close();
        head.close();
    }
}
