package dev.reflux.lab.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Maximally interfered retrieval (Aljundi et al., NeurIPS 2019, arXiv 1908.04742): of candidates for replay, those whose
 * loss a step on the new frames alone would raise most. The virtual step is the learner's own, optimizer and all, taken
 * and then taken back; a candidate's loss is its cross-entropy, as the student would judge it on a vehicle.
 *
 * <ol>
 *   <li>The state of the learner is unchanged afterwards, bit by bit.
 *   <li>No random number of the run is drawn.
 * </ol>
 *
 * Confined to the learner's thread.
 */
final class MostInterfered {

    private static final int BATCH = 4;

    private final TorchRuntime runtime;
    private final ImageSize view;
    private final FrameTensors frames = new FrameTensors();

    MostInterfered(TorchRuntime runtime, ImageSize view) {
        this.runtime = runtime;
        this.view = view;
    }

    /**
     * @param candidates the drawn candidates, with repetition
     * @param count the number of samples to choose
     * @param window the new frames
     * @param seen number of frames before the window
     * @return the samples in descending order of interference, each once; the first candidates if there are no more than {@code count}
     */
    List<TrainingSample> among(
            List<TrainingSample> candidates,
            int count,
            StudentLearner learner,
            List<TrainingSample> window,
            long seen) {
        List<TrainingSample> different = different(candidates);
        if (different.size() <= count) {
            return candidates.subList(0, Math.min(count, candidates.size()));
        }
        double[] before = losses(learner.student(), different);
        double[] after = afterVirtualStep(learner, window, seen, different);
        return IntStream.range(0, different.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> before[i] - after[i]))
                .limit(count)
                .map(different::get)
                .toList();
    }

    private static List<TrainingSample> different(List<TrainingSample> candidates) {
        Map<Object, TrainingSample> byReference = new LinkedHashMap<>();
        candidates.forEach(sample -> byReference.putIfAbsent(sample.reference(), sample));
        return List.copyOf(byReference.values());
    }

    private double[] afterVirtualStep(
            StudentLearner learner, List<TrainingSample> window, long seen, List<TrainingSample> candidates) {
        Map<String, byte[]> state = learner.state();
        double[] prequential = learner.prequentialState();
        try {
            learner.learn(window, 0, seen, new CheckpointedRandom(seen));
            return losses(learner.student(), candidates);
        } finally {
            learner.restore(state, prequential);
        }
    }

    private double[] losses(SegmentationModel student, List<TrainingSample> samples) {
        List<Double> losses = new ArrayList<>();
        for (int from = 0; from < samples.size(); from += BATCH) {
            List<TrainingSample> batch = samples.subList(from, Math.min(samples.size(), from + BATCH));
            List<RgbImage> images = batch.stream().map(TrainingSample::image).toList();
            try (NDManager scratch = runtime.manager().newSubManager()) {
                NDArray x = frames.batch(scratch, images, view, student.card().input());
                List<LogitMap> maps =
                        LogitTensors.maps(student.forward(scratch, x).logits());
                for (int i = 0; i < batch.size(); i++) {
                    losses.add(crossEntropy(maps.get(i), batch.get(i).label()));
                }
            }
        }
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Returns the mean over the labeled cells of the logits' grid; 0 if there are none. */
    static double crossEntropy(LogitMap logits, LabelMap label) {
        TensorShape shape = logits.shape();
        byte[] ids = label.nearest(shape.width(), shape.height()).ids();
        float[] values = logits.values();
        double sum = 0;
        int labelled = 0;
        for (int p = 0; p < ids.length; p++) {
            int id = ids[p] & 0xFF;
            if (id != LabelSchema.IGNORE) {
                sum += logSumExp(values, p, shape) - values[id * shape.plane() + p];
                labelled++;
            }
        }
        return labelled == 0 ? 0 : sum / labelled;
    }

    private static double logSumExp(float[] values, int cell, TensorShape shape) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < shape.classes(); c++) {
            largest = Math.max(largest, values[c * shape.plane() + cell]);
        }
        double sum = 0;
        for (int c = 0; c < shape.classes(); c++) {
            sum += Math.exp(values[c * shape.plane() + cell] - largest);
        }
        return largest + Math.log(sum);
    }
}
