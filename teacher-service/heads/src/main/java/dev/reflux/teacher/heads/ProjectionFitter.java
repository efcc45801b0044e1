package dev.reflux.teacher.heads;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.Frame;
import dev.reflux.evaluation.ConfusionMatrix;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.model.ProjectionHeadFile;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Fits a teacher's projection head on labelled frames: one logistic regression a class from the teacher's standardised
 * features to "this cell is that class", to convergence, folded into one 1x1 convolution (design §3, step 1). Without
 * this supervision the projected logit space would be anchored to nothing.
 *
 * <ol>
 *   <li>Works for any number of feature channels, any grid and any label schema; the card says all of it.
 *   <li>The same frames, settings and number of threads give the same head, bit by bit.
 *   <li>Feature vectors never take more than {@code memoryBytes} (and a quarter of it for the held-out score).
 * </ol>
 *
 * One thread, which must be the runtime's and the model's.
 */
public final class ProjectionFitter {

    private static final int HELD_OUT_SHARE_OF_MEMORY = 4;

    private final TorchRuntime runtime;
    private final SegmentationModel teacher;
    private final ImageSize view;
    private final ProjectionFitSettings settings;
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec(images);

    /**
     * @param teacher loaded for inference
     * @param view the size at which it will see frames
     */
    public ProjectionFitter(
            TorchRuntime runtime, SegmentationModel teacher, ImageSize view, ProjectionFitSettings settings) {
        this.runtime = runtime;
        this.teacher = teacher;
        this.view = view;
        this.settings = settings;
    }

    /** @throws UsageException when the frames are of another label schema, unreadable or none */
    public ProjectionFitReport fit(DatasetSplit frames, ProjectionFitListener listener) {
        ModelCard card = teacher.card();
        requireSchema(frames.schema(), card);
        FramePlan plan = new FramePlan(frames.count(), settings.frames());
        long start = System.nanoTime();
        Counts counts = count(frames, plan);
        if (counts.fitCells() == 0) {
            throw new UsageException("The frames have no labelled pixel; a projection head cannot be fitted on them.");
        }
        try (FeatureCells fit = new FeatureCells(runtime.manager(), card.featuresChannels());
                FeatureCells heldOut = new FeatureCells(runtime.manager(), card.featuresChannels())) {
            extract(frames, plan, counts, fit, heldOut, listener);
            double extractionSeconds = seconds(start);
            return search(plan, fit, heldOut, extractionSeconds, listener);
        }
    }

    private static void requireSchema(LabelSchema given, ModelCard card) {
        if (!given.id().equals(card.labelSchema().id())
                || given.classCount() != card.labelSchema().classCount()) {
            throw new UsageException("The frames are labelled by schema " + given.id() + " with "
                    + given.classCount() + " classes, the teacher " + card.name() + " by "
                    + card.labelSchema().id() + " with " + card.labelSchema().classCount()
                    + "; give frames of the teacher's schema.");
        }
    }

    // ---- labels: what is there -------------------------------------------------------------------------------

    private record Counts(long[] fit, long[] heldOut) {
        long fitCells() {
            return Arrays.stream(fit).sum();
        }
    }

    private Counts count(DatasetSplit frames, FramePlan plan) {
        int classes = teacher.card().labelSchema().classCount();
        Counts counts = new Counts(new long[classes], new long[classes]);
        each(frames, plan, place -> true, (place, frame) -> {
            long[] into = plan.heldOut(place) ? counts.heldOut() : counts.fit();
            for (byte id : gridLabel(frame, frames.schema()).ids()) {
                if (id != (byte) LabelSchema.IGNORE) {
                    into[id & 0xFF]++;
                }
            }
        });
        return counts;
    }

    private LabelMap gridLabel(Frame frame, LabelSchema schema) {
        try {
            LabelMap label = labels.decode(frame.label(), schema);
            return settings.labels().apply(label, grid(view.width()), grid(view.height()), schema.classCount());
        } catch (RejectedFrameException e) {
            throw unreadable(frame, e);
        }
    }

    private int grid(int pixels) {
        int stride = teacher.card().featuresStride();
        return (pixels + stride - 1) / stride;
    }

    private static UsageException unreadable(Frame frame, RejectedFrameException e) {
        return new UsageException(
                "Frame " + frame.frameId() + " cannot be used: " + e.getMessage() + " Repair or remove it.", e);
    }

    @FunctionalInterface
    private interface EachFrame {
        void accept(int place, Frame frame);
    }

    private static void each(DatasetSplit frames, FramePlan plan, IntPredicate places, EachFrame action) {
        try (Stream<Frame> stream = frames.frames()) {
            Iterator<Frame> iterator = stream.iterator();
            for (int index = 0; iterator.hasNext(); index++) {
                Frame frame = iterator.next();
                int place = plan.placeOf(index);
                if (place >= 0 && places.test(place)) {
                    action.accept(place, frame);
                }
            }
        }
    }

    // ---- features: the network -------------------------------------------------------------------------------

    private void extract(
            DatasetSplit frames,
            FramePlan plan,
            Counts counts,
            FeatureCells fit,
            FeatureCells heldOut,
            ProjectionFitListener listener) {
        long capacity = settings.memoryBytes() / (4L * teacher.card().featuresChannels());
        CellQuota fitQuota = CellQuota.of(counts.fit(), capacity);
        CellQuota heldOutQuota = CellQuota.even(counts.heldOut(), capacity / HELD_OUT_SHARE_OF_MEMORY);
        SplittableRandom random = new SplittableRandom(settings.seed());
        FrameTensors tensors = new FrameTensors();
        List<Frame> batch = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        Runnable run = () -> {
            try (NDManager scope = runtime.manager().newSubManager()) {
                NDArray x = tensors.batch(
                        scope,
                        batch.stream().map(this::image).toList(),
                        view,
                        teacher.card().input());
                NDArray features = teacher.forward(scope, x).features();
                int plane = LogitTensors.shape(features).plane();
                List<FloatBuffer> maps = LogitTensors.frames(features);
                for (int n = 0; n < batch.size(); n++) {
                    boolean held = plan.heldOut(places.get(n));
                    LabelMap label = gridLabel(batch.get(n), frames.schema());
                    take(maps.get(n), plane, label, held ? heldOutQuota : fitQuota, held ? heldOut : fit, random);
                }
            }
            listener.extracted(places.get(places.size() - 1) + 1, plan.chosen());
            batch.clear();
            places.clear();
        };
        each(frames, plan, place -> true, (place, frame) -> {
            batch.add(frame);
            places.add(place);
            if (batch.size() == settings.batchSize()) {
                run.run();
            }
        });
        if (!batch.isEmpty()) {
            run.run();
        }
    }

    private RgbImage image(Frame frame) {
        try {
            return images.decode(frame.image());
        } catch (RejectedFrameException e) {
            throw unreadable(frame, e);
        }
    }

    private static void take(
            FloatBuffer map, int plane, LabelMap label, CellQuota quota, FeatureCells into, SplittableRandom random) {
        if (plane != label.ids().length) {
            throw new IllegalStateException("features have " + plane + " cells, the label " + label.ids().length);
        }
        for (int cell = 0; cell < plane; cell++) {
            int id = label.ids()[cell] & 0xFF;
            // One draw a labelled cell, kept or not: what is drawn for a cell does not depend on the others' luck.
            if (id != LabelSchema.IGNORE && random.nextDouble() < quota.probability(id)) {
                into.add(map, plane, cell, id, quota.weight(id));
            }
        }
    }

    // ---- the regression --------------------------------------------------------------------------------------

    private ProjectionFitReport search(
            FramePlan plan,
            FeatureCells fit,
            FeatureCells heldOut,
            double extractionSeconds,
            ProjectionFitListener listener) {
        int classes = teacher.card().labelSchema().classCount();
        int features = teacher.card().featuresChannels();
        long start = System.nanoTime();
        try (LogisticObjective objective = new LogisticObjective(runtime, fit, classes, 1)) {
            Standardization standard = objective.moments();
            objective.standardise(fit.blocks(), standard);
            objective.standardise(heldOut.blocks(), standard);
            Tried best = choose(objective, heldOut, new double[classes][features + 1], listener);
            List<Double> perClass = new ArrayList<>();
            for (int c = 0; c < classes; c++) {
                perClass.add(best.found().values()[c]
                        - best.l2() / 2 * square(best.found().points()[c], features));
            }
            double train = perClass.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
            int held = (int)
                    IntStream.range(0, plan.chosen()).filter(plan::heldOut).count();
            return new ProjectionFitReport(
                    head(standard, best, train, plan.chosen() - held),
                    plan.chosen() - held,
                    fit.count(),
                    held,
                    train,
                    best.score().bce(),
                    best.score().miou(),
                    perClass,
                    best.l2(),
                    best.evaluations(),
                    best.found().converged(),
                    extractionSeconds,
                    seconds(start));
        }
    }

    /** A penalty, what it led to, and looks at all cells up to then. */
    private record Tried(double l2, LockstepLbfgs.Result found, Score score, int evaluations) {}

    private Tried choose(
            LogisticObjective objective, FeatureCells heldOut, double[][] start, ProjectionFitListener listener) {
        List<Double> penalties = heldOut.count() > 0
                ? settings.l2()
                : List.of(settings.l2().get(settings.l2().size() / 2));
        LockstepLbfgs search = new LockstepLbfgs(settings.tolerance(), settings.maxEvaluations());
        Tried best = null;
        int evaluations = 0;
        for (double l2 : penalties) {
            objective.penalise(l2);
            LockstepLbfgs.Result found = search.minimise(
                    objective, best == null ? start : best.found().points(), (evaluation, values, running) -> {
                        double mean = Arrays.stream(values).average().orElse(Double.NaN);
                        listener.searched(l2, evaluation, settings.maxEvaluations(), mean);
                        return true;
                    });
            evaluations += found.evaluations();
            Tried tried = new Tried(l2, found, score(objective, heldOut, found.points(), start.length), evaluations);
            if (best != null && tried.score().bce() >= best.score().bce()) {
                break;
            }
            best = tried;
        }
        return Objects.requireNonNull(best, "there is a penalty");
    }

    private ProjectionHeadFile head(Standardization standard, Tried best, double trainBce, int frames) {
        double[][] points = best.found().points();
        ModelCard card = teacher.card();
        float[] weight = new float[points.length * card.featuresChannels()];
        float[] bias = new float[points.length];
        for (int c = 0; c < points.length; c++) {
            bias[c] = standard.fold(points[c], weight, c * card.featuresChannels());
        }
        Map<String, String> notes = new TreeMap<>();
        notes.put("method", "logistic regression, L-BFGS");
        notes.put("frames", Integer.toString(frames));
        notes.put("l2", Double.toString(best.l2()));
        notes.put("labels", settings.labels().name());
        notes.put("view", view.toString());
        notes.put("trainBce", rounded(trainBce));
        notes.put("heldOutBce", rounded(best.score().bce()));
        notes.put("heldOutMiou", rounded(best.score().miou()));
        notes.put("teacherSha256", card.sha256());
        return ProjectionHeadFile.of(card.name(), card.labelSchema().id(), weight, bias, settings.relu(), notes);
    }

    private static String rounded(double value) {
        return String.format(java.util.Locale.ROOT, "%.4f", value);
    }

    private record Score(double bce, double miou) {}

    private static Score score(LogisticObjective objective, FeatureCells cells, double[][] points, int classes) {
        if (cells.count() == 0) {
            return new Score(Double.NaN, Double.NaN);
        }
        ConfusionMatrix matrix = new ConfusionMatrix(classes);
        double bce = 0;
        for (FeatureCells.Block block : cells.blocks()) {
            float[] z = objective.scores(block, points);
            byte[] predicted = new byte[block.classIds().length];
            for (int i = 0; i < predicted.length; i++) {
                int best = 0;
                for (int c = 0; c < classes; c++) {
                    double value = z[i * classes + c];
                    best = value > z[i * classes + best] ? c : best;
                    double signed = c == (block.classIds()[i] & 0xFF) ? -value : value;
                    bce += Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
                }
                predicted[i] = (byte) best;
            }
            matrix.add(predicted, block.classIds());
        }
        return new Score(bce / cells.count() / classes, matrix.miou());
    }

    private static double square(double[] point, int features) {
        double sum = 0;
        for (int f = 0; f < features; f++) {
            sum += point[f] * point[f];
        }
        return sum;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
