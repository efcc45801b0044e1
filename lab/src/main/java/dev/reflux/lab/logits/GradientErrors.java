package dev.reflux.lab.logits;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.distillation.DistillationLoss;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.LossTerms;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.BatchTensors;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Measures the error of the gradient of the distillation terms under an encoding: |g − g₀| / |g₀| for each frame, where
 * g₀ is the gradient under the unencoded tensors. Both gradients come from the product's own loss on the student's own
 * grids. Frames are not augmented, and the student is not trained.
 */
final class GradientErrors {

    private static final int BATCH = 4;
    private static final LossSettings BOTH = new LossSettings(
            1, 1, 0, 1, KemAxis.PIXELS, true, true, LossSettings.standard().kemTau());

    private final TorchRuntime runtime;
    private final List<LogitEncoding> encodings;
    private final BatchTensors.Memory memory = new BatchTensors.Memory();

    GradientErrors(TorchRuntime runtime, List<LogitEncoding> encodings) {
        this.runtime = runtime;
        this.encodings = encodings;
    }

    /**
     * Relative errors; 0 means no error.
     *
     * @param hakd mean error of ∂L_hakd/∂Z_s over frames
     * @param hakdWorst largest error of ∂L_hakd/∂Z_s of a frame
     * @param kd mean error of ∂L_kd/∂s over frames
     * @param kdWorst largest error of ∂L_kd/∂s of a frame
     */
    record Error(double hakd, double hakdWorst, double kd, double kdWorst) {

        static Error of(List<Double> hakd, List<Double> kd) {
            return new Error(mean(hakd), Collections.max(hakd), mean(kd), Collections.max(kd));
        }

        private static double mean(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }
    }

    /** Gradients with respect to the student's two tensors, frame by frame. */
    private record Gradients(float[] hakd, float[] kd) {}

    /**
     * Returns the errors by encoding.
     *
     * @param samples the teacher's samples in fp32
     * @param progress receives the number of frames done
     */
    Map<String, Error> of(StudentLearner learner, List<TrainingSample> samples, IntConsumer progress) {
        Map<String, List<Double>> hakd = new LinkedHashMap<>();
        Map<String, List<Double>> kd = new LinkedHashMap<>();
        try (DistillationLoss loss = new DistillationLoss(runtime, BOTH)) {
            for (int from = 0; from < samples.size(); from += BATCH) {
                List<TrainingSample> batch = samples.subList(from, Math.min(samples.size(), from + BATCH));
                try (NDManager scratch = runtime.manager().newSubManager()) {
                    add(scratch, loss, learner, batch, hakd, kd);
                }
                progress.accept(from + batch.size());
            }
        }
        Map<String, Error> errors = new LinkedHashMap<>();
        hakd.forEach((name, all) -> errors.put(name, Error.of(all, kd.getOrDefault(name, List.of()))));
        return errors;
    }

    private void add(
            NDManager scratch,
            DistillationLoss loss,
            StudentLearner learner,
            List<TrainingSample> batch,
            Map<String, List<Double>> hakd,
            Map<String, List<Double>> kd) {
        SegmentationModel student = learner.student();
        NDArray x = tensors(batch).images(scratch, student.card().input());
        SegmentationModel.Output output = student.forward(scratch, x);
        NDArray projected = learner.projected(scratch, output.features());
        Gradients exact = gradients(scratch, loss, output.logits(), projected, batch);
        for (LogitEncoding encoding : encodings) {
            List<TrainingSample> seen = batch.stream()
                    .map(sample -> LogitsBench.seen(sample, encoding))
                    .toList();
            Gradients off = gradients(scratch, loss, output.logits(), projected, seen);
            hakd.computeIfAbsent(encoding.name(), name -> new ArrayList<>())
                    .addAll(errors(off.hakd(), exact.hakd(), batch.size()));
            kd.computeIfAbsent(encoding.name(), name -> new ArrayList<>())
                    .addAll(errors(off.kd(), exact.kd(), batch.size()));
        }
    }

    /** Subtracts the gradient of CE, because the loss returns the sum of the gradients of CE and L_kd. */
    private Gradients gradients(
            NDManager scratch, DistillationLoss loss, NDArray logits, NDArray projected, List<TrainingSample> samples) {
        LossInputs in = inputs(scratch, logits, projected, tensors(samples));
        LossTerms terms = loss.of(scratch, in);
        float[] withCe = terms.logitsGradient().toFloatArray();
        float[] ce = loss.withoutTeacher(scratch, in).logitsGradient().toFloatArray();
        float[] kd = new float[ce.length];
        for (int i = 0; i < ce.length; i++) {
            kd[i] = withCe[i] - ce[i];
        }
        return new Gradients(terms.projectedGradient().toFloatArray(), kd);
    }

    private BatchTensors tensors(List<TrainingSample> samples) {
        return new BatchTensors(runtime, memory, samples, Collections.nCopies(samples.size(), Augmentation.NONE));
    }

    private static LossInputs inputs(NDManager to, NDArray logits, NDArray projected, BatchTensors batch) {
        int height = (int) logits.getShape().get(2);
        int width = (int) logits.getShape().get(3);
        int rows = (int) projected.getShape().get(2);
        int columns = (int) projected.getShape().get(3);
        return new LossInputs(
                logits,
                batch.logits(to, height, width),
                batch.ofPixels(to, batch.labels(height, width)),
                projected,
                batch.projected(to, rows, columns),
                batch.ofCells(to, batch.labels(rows, columns)));
    }

    /** Returns one error for each frame that has a gradient. A frame without a label has none. */
    static List<Double> errors(float[] gradient, float[] exact, int frames) {
        List<Double> errors = new ArrayList<>();
        int size = exact.length / frames;
        for (int n = 0; n < frames; n++) {
            double off = 0;
            double whole = 0;
            for (int i = n * size; i < (n + 1) * size; i++) {
                off += Math.pow((double) gradient[i] - exact[i], 2);
                whole += Math.pow(exact[i], 2);
            }
            if (whole > 0) {
                errors.add(Math.sqrt(off / whole));
            }
        }
        return errors;
    }
}
