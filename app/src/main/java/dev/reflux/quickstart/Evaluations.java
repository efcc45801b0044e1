package dev.reflux.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Dataset;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.quickstart.evaluate.DatasetEvaluator;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.Segmenter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores on the test split, each made once: a resumed run finds those of the first. Of a few frames the prediction is
 * kept for the report's strip. The main thread only.
 */
final class Evaluations {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STRIP_FRAMES = 5;

    private final Workspace workspace;
    private final TorchRuntime runtime;
    private final Dataset dataset;
    private final DatasetEvaluator evaluator;
    private final Progress progress;
    private final Runnable stopCheck;
    private final LabelMapCodec labels = new LabelMapCodec();
    private final ImageCodec images = ImageCodec.standard();

    /** @param stopCheck called after each frame; what it throws ends the score, which is then not kept */
    Evaluations(Workspace workspace, TorchRuntime runtime, Dataset dataset, Progress progress, Runnable stopCheck) {
        this.workspace = workspace;
        this.runtime = runtime;
        this.dataset = dataset;
        this.evaluator = new DatasetEvaluator(runtime);
        this.progress = progress;
        this.stopCheck = stopCheck;
    }

    /** Makes the model whose score is asked for, and only then. */
    interface ModelSource {
        SegmentationModel load();
    }

    /**
     * Returns the score of a model.
     *
     * @param name the name of the model in the report, such as "teacher"
     * @param view the size at which the model looks at a frame
     * @param source makes the model
     */
    SegmentationScore score(String name, ImageSize view, ModelSource source) {
        Path kept = workspace.work("score-" + name + ".json");
        try {
            if (Files.exists(kept)) {
                return JSON.readValue(kept.toFile(), SegmentationScore.class);
            }
            try (SegmentationModel model = source.load()) {
                int count = dataset.count("test");
                SegmentationScore score = evaluator.score(
                        model,
                        dataset,
                        "test",
                        view,
                        (place, image, label, predicted) -> keep(name, place, image, label, predicted),
                        done -> {
                            stopCheck.run();
                            progress.show("score", done, count, name);
                        });
                Path part = workspace.work("score-" + name + ".json.part");
                JSON.writeValue(part.toFile(), score);
                Files.move(part, kept, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                return score;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns what a model says of images.
     *
     * @param view the size at which the model looks at an image
     * @param source makes the model
     */
    List<LabelMap> predict(ImageSize view, ModelSource source, List<RgbImage> frames) {
        stopCheck.run();
        try (SegmentationModel model = source.load()) {
            return new Segmenter(runtime, model, view, frames.size()).predict(frames);
        }
    }

    private void keep(String name, int place, RgbImage image, LabelMap label, LabelMap predicted) {
        int slot = slotOf(place);
        if (slot < 0) {
            return;
        }
        try {
            Files.write(workspace.work("strip-" + slot + "-image.png"), images.encodePng(image));
            Files.write(workspace.work("strip-" + slot + "-label.png"), labels.encode(label));
            Files.write(workspace.work("strip-" + slot + "-" + name + ".png"), labels.encode(predicted));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Frames in the middle of equal stretches of the split. */
    private int slotOf(int place) {
        int count = dataset.count("test");
        for (int slot = 0; slot < STRIP_FRAMES; slot++) {
            if ((2 * slot + 1) * count / (2 * STRIP_FRAMES) == place) {
                return slot;
            }
        }
        return -1;
    }

    /**
     * One row of the strip.
     *
     * @param image the frame
     * @param maps label and predictions, by column
     */
    record StripRow(RgbImage image, List<LabelMap> maps) {}

    /** @param columns names that were scored, and "label" */
    List<StripRow> strip(List<String> columns) {
        LabelSchema identity =
                LabelSchema.of(dataset.schema().id(), dataset.schema().classes());
        List<StripRow> rows = new ArrayList<>();
        try {
            for (int slot = 0; slot < STRIP_FRAMES; slot++) {
                Path image = workspace.work("strip-" + slot + "-image.png");
                if (!Files.exists(image)) {
                    continue;
                }
                List<LabelMap> maps = new ArrayList<>();
                for (String column : columns) {
                    byte[] png = Files.readAllBytes(workspace.work("strip-" + slot + "-" + column + ".png"));
                    maps.add(labels.decode(png, identity));
                }
                rows.add(new StripRow(images.decode(Files.readAllBytes(image)), maps));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (dev.reflux.common.failure.RejectedFrameException e) {
            throw new IllegalStateException("the run's own files are damaged: " + e.getMessage(), e);
        }
        return rows;
    }
}
