package dev.reflux.teacher.heads;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHeadFile;
import dev.reflux.torch.model.SegmentationModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Fits a teacher's projection head on labeled frames: one logistic regression for each class, from the teacher's
 * standardized features to "this cell is of that class", to convergence, folded into one 1x1 convolution (HeteroAKD, Huang
 * et al., AAAI 2025, the projection Z = conv1x1(F)). Without this supervision the classes of the projected logits would be
 * arbitrary.
 *
 * <ol>
 *   <li>Any number of feature channels, any grid and any label schema are supported; the model card describes them.
 *   <li>The same frames, settings and number of threads give the same head, bit by bit.
 *   <li>Feature vectors take at most {@code memoryBytes}, and a quarter of that for the held-out score.
 * </ol>
 *
 * <p>Threading: one thread, which must be the runtime's and the model's.
 */
public final class ProjectionFitter {

    private final TorchRuntime runtime;
    private final SegmentationModel teacher;
    private final ImageSize view;
    private final ProjectionFitSettings settings;

    /**
     * @param teacher the model, loaded for inference
     * @param view the size at which it will see frames, in pixels
     */
    public ProjectionFitter(
            TorchRuntime runtime, SegmentationModel teacher, ImageSize view, ProjectionFitSettings settings) {
        this.runtime = runtime;
        this.teacher = teacher;
        this.view = view;
        this.settings = settings;
    }

    /**
     * Fits a head on the frames that have a label.
     *
     * @param listener called on this thread
     * @throws UsageException if the frames have another label schema, no label or no labeled pixel, or one of them is unreadable
     */
    public ProjectionFitReport fit(DatasetSplit split, ProjectionFitListener listener) {
        ModelCard card = teacher.card();
        requireSchema(split.schema(), card);
        PlannedFrames frames = new PlannedFrames(split, new FramePlan(split.requireLabels(), settings.frames()));
        FrameReader reader = new FrameReader(split.schema(), settings.labels(), view, card.featuresStride());
        long start = System.nanoTime();
        CellCounts counts = CellCounts.of(frames, reader, card.labelSchema().classCount());
        if (counts.fitTotal() == 0) {
            throw new UsageException("The frames have no labeled pixel; a projection head cannot be fitted on them.");
        }
        FeatureExtraction extraction = new FeatureExtraction(runtime, teacher, view, settings, reader, counts);
        try (SplitCells cells = extraction.extract(frames, listener)) {
            return regress(frames.plan(), cells, seconds(start), listener);
        }
    }

    private static void requireSchema(LabelSchema given, ModelCard card) {
        if (!given.id().equals(card.labelSchema().id())
                || given.classCount() != card.labelSchema().classCount()) {
            throw new UsageException("The frames have label schema " + given.id() + " with "
                    + given.classCount() + " classes, the teacher " + card.name() + " has "
                    + card.labelSchema().id() + " with " + card.labelSchema().classCount()
                    + "; give frames of the teacher's schema.");
        }
    }

    private ProjectionFitReport regress(
            FramePlan plan, SplitCells cells, double extractionSeconds, ProjectionFitListener listener) {
        int classes = teacher.card().labelSchema().classCount();
        int features = teacher.card().featuresChannels();
        long start = System.nanoTime();
        try (LogisticObjective objective = new LogisticObjective(runtime, cells.fit(), classes)) {
            Standardization standard = objective.moments();
            objective.standardize(cells.fit().blocks(), standard);
            objective.standardize(cells.heldOut().blocks(), standard);
            PenaltySearch.Fit best = new PenaltySearch(settings, objective, cells.heldOut(), listener)
                    .best(new double[classes][features + 1]);
            List<Double> perClass = lossByClass(best, features);
            double trainBce = perClass.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
            int heldOutFrames = (int)
                    IntStream.range(0, plan.chosen()).filter(plan::heldOut).count();
            int fitFrames = plan.chosen() - heldOutFrames;
            return new ProjectionFitReport(
                    head(standard, best, trainBce, fitFrames, TemperatureFit.of(cells.calibration())),
                    fitFrames,
                    cells.fit().count(),
                    heldOutFrames,
                    trainBce,
                    best.score().bce(),
                    best.score().miou(),
                    perClass,
                    best.l2(),
                    best.evaluations(),
                    best.optimum().converged(),
                    extractionSeconds,
                    seconds(start));
        }
    }

    /** Returns the binary cross-entropy of each class on the cells of the fit, without the penalty. */
    private static List<Double> lossByClass(PenaltySearch.Fit fit, int features) {
        List<Double> perClass = new ArrayList<>();
        for (int c = 0; c < fit.optimum().values().length; c++) {
            double penalty = fit.l2() / 2 * squaredNorm(fit.optimum().points()[c], features);
            perClass.add(fit.optimum().values()[c] - penalty);
        }
        return perClass;
    }

    private static double squaredNorm(double[] point, int features) {
        double sum = 0;
        for (int f = 0; f < features; f++) {
            sum += point[f] * point[f];
        }
        return sum;
    }

    /** Folds the standardization into the weights, and notes how the head was made. */
    private ProjectionHeadFile head(
            Standardization standard, PenaltySearch.Fit fit, double trainBce, int frames, double temperature) {
        double[][] points = fit.optimum().points();
        ModelCard card = teacher.card();
        float[] weight = new float[points.length * card.featuresChannels()];
        float[] bias = new float[points.length];
        for (int c = 0; c < points.length; c++) {
            bias[c] = standard.fold(points[c], weight, c * card.featuresChannels());
        }
        return ProjectionHeadFile.of(
                card.name(),
                card.labelSchema().id(),
                weight,
                bias,
                settings.relu(),
                temperature,
                notes(fit, trainBce, frames));
    }

    private Map<String, String> notes(PenaltySearch.Fit fit, double trainBce, int frames) {
        Map<String, String> notes = new TreeMap<>();
        notes.put("method", "logistic regression, L-BFGS");
        notes.put("frames", Integer.toString(frames));
        notes.put("l2", Double.toString(fit.l2()));
        notes.put("labels", settings.labels().name());
        notes.put("view", view.toString());
        notes.put("trainBce", rounded(trainBce));
        notes.put("heldOutBce", rounded(fit.score().bce()));
        notes.put("heldOutMiou", rounded(fit.score().miou()));
        notes.put("teacherSha256", teacher.card().sha256());
        return notes;
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
