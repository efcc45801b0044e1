package dev.reflux.lab.cka;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.benchmarks.report.Table;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.Frame;
import dev.reflux.lab.grid.AreaMean;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * CKA between the stages of a teacher and of a student. The models' contract shows two stages, features and logits, and
 * these are compared. An example is a place: each stage is averaged onto the coarsest grid among them, and the cells of a
 * mini-batch of frames are its examples.
 */
public final class CkaBenchmark {

    private static final int BATCH = 4;
    private static final List<String> STAGES = List.of("features", "logits");

    private final CkaSettings settings;

    public CkaBenchmark(CkaSettings settings) {
        this.settings = settings;
    }

    /** CKA by teacher's stage and student's stage. */
    public record Figures(String teacher, String student, int frames, Map<String, Map<String, Double>> cka) {

        /** Returns the result as a table. */
        public String table() {
            Table table = new Table("teacher \\ student", "features", "logits");
            cka.forEach((stage, row) -> table.row(
                    stage,
                    String.format(Locale.ROOT, "%.3f", row.get("features")),
                    String.format(Locale.ROOT, "%.3f", row.get("logits"))));
            return table.toString();
        }
    }

    /**
     * @param progress receives the number of frames done
     * @throws UsageException if data set, teacher or student cannot be used
     */
    public Figures run(IntConsumer progress) {
        Dataset dataset = DatasetCatalog.open(settings.dataset());
        List<RgbImage> images = images(dataset);
        try (TorchRuntime runtime = TorchRuntime.start(settings.torch());
                SegmentationModel teacher =
                        SegmentationModel.load(runtime, settings.teacher(), SegmentationModel.Mode.INFERENCE);
                SegmentationModel student =
                        SegmentationModel.load(runtime, settings.student(), SegmentationModel.Mode.INFERENCE)) {
            Map<String, Map<String, LinearCka>> pairs = new LinkedHashMap<>();
            for (String stage : STAGES) {
                Map<String, LinearCka> row = new LinkedHashMap<>();
                STAGES.forEach(other -> row.put(other, new LinearCka()));
                pairs.put(stage, row);
            }
            for (int from = 0; from < images.size(); from += BATCH) {
                List<RgbImage> batch = images.subList(from, Math.min(images.size(), from + BATCH));
                add(runtime, teacher, student, batch, pairs);
                progress.accept(from + batch.size());
            }
            Map<String, Map<String, Double>> values = new LinkedHashMap<>();
            pairs.forEach((stage, row) -> {
                Map<String, Double> cells = new LinkedHashMap<>();
                row.forEach((other, cka) -> cells.put(other, cka.value()));
                values.put(stage, cells);
            });
            return new Figures(teacher.card().name(), student.card().name(), images.size(), values);
        }
    }

    private void add(
            TorchRuntime runtime,
            SegmentationModel teacher,
            SegmentationModel student,
            List<RgbImage> batch,
            Map<String, Map<String, LinearCka>> pairs) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            Map<String, NDArray> ofTeacher = stages(scratch, teacher, batch);
            Map<String, NDArray> ofStudent = stages(scratch, student, batch);
            List<NDArray> all = new ArrayList<>(ofTeacher.values());
            all.addAll(ofStudent.values());
            int height = coarsest(all, 2);
            int width = coarsest(all, 3);
            pairs.forEach((stage, row) -> row.forEach((other, cka) -> cka.add(
                    cells(stage(ofTeacher, stage), height, width), cells(stage(ofStudent, other), height, width))));
        }
    }

    private Map<String, NDArray> stages(NDManager scratch, SegmentationModel model, List<RgbImage> batch) {
        NDArray x = new FrameTensors()
                .batch(scratch, batch, settings.view(), model.card().input());
        SegmentationModel.Output output = model.forward(scratch, x);
        return Map.of("features", output.features(), "logits", output.logits());
    }

    private static NDArray stage(Map<String, NDArray> stages, String name) {
        return Objects.requireNonNull(stages.get(name), name);
    }

    private static int coarsest(List<NDArray> tensors, int axis) {
        return (int)
                tensors.stream().mapToLong(t -> t.getShape().get(axis)).min().orElseThrow();
    }

    /** Rows: the cells of every frame on the grid; columns: channels, each averaged over what the cell covers. */
    static double[][] cells(NDArray tensor, int height, int width) {
        TensorShape shape = LogitTensors.shape(tensor);
        List<FloatBuffer> frames = LogitTensors.frames(tensor);
        double[][] cells = new double[frames.size() * height * width][shape.classes()];
        for (int n = 0; n < frames.size(); n++) {
            for (int c = 0; c < shape.classes(); c++) {
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        cells[(n * height + y) * width + x][c] =
                                AreaMean.of(frames.get(n), shape, c, y, x, height, width);
                    }
                }
            }
        }
        return cells;
    }

    private List<RgbImage> images(Dataset dataset) {
        int count = dataset.count(settings.split());
        int wanted = Math.min(count, settings.frames());
        ImageCodec codec = ImageCodec.standard();
        List<RgbImage> images = new ArrayList<>();
        try (Stream<Frame> frames = dataset.frames(settings.split())) {
            int place = 0;
            for (Iterator<Frame> each = frames.iterator(); each.hasNext(); place++) {
                Frame frame = each.next();
                if ((long) place * wanted / count != (long) (place + 1) * wanted / count) {
                    images.add(codec.decode(frame.image()));
                }
            }
        } catch (RejectedFrameException e) {
            throw new UsageException("A frame of " + dataset.id() + " cannot be used: " + e.getMessage(), e);
        }
        return images;
    }
}
