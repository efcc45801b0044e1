package dev.reflux.teacher.heads;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.teacher.heads.PlannedFrames.PlannedFrame;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs the chosen frames through the network and samples feature vectors of labeled cells, as many of each class as the
 * memory allows. One thread.
 */
final class FeatureExtraction {

    /** The held-out cells take at most this part of the fit's memory. */
    private static final int HELD_OUT_SHARE_OF_MEMORY = 4;

    private final TorchRuntime runtime;
    private final SegmentationModel teacher;
    private final ImageSize view;
    private final ProjectionFitSettings settings;
    private final FrameReader reader;
    private final CellQuota fitQuota;
    private final CellQuota heldOutQuota;
    private final CalibrationCells calibration;
    private final SplittableRandom random;
    private final FrameTensors tensors = new FrameTensors();

    FeatureExtraction(
            TorchRuntime runtime,
            SegmentationModel teacher,
            ImageSize view,
            ProjectionFitSettings settings,
            FrameReader reader,
            CellCounts counts) {
        this.runtime = runtime;
        this.teacher = teacher;
        this.view = view;
        this.settings = settings;
        this.reader = reader;
        long capacity =
                settings.memoryBytes() / ((long) Float.BYTES * teacher.card().featuresChannels());
        this.fitQuota = CellQuota.of(counts.fit(), capacity);
        this.heldOutQuota = CellQuota.even(counts.heldOut(), capacity / HELD_OUT_SHARE_OF_MEMORY);
        this.calibration = new CalibrationCells(
                teacher.card().labelSchema().classCount(), counts.fitTotal() + counts.heldOutTotal());
        this.random = new SplittableRandom(settings.seed());
    }

    /** Returns the sampled cells of all chosen frames. The caller closes them. */
    SplitCells extract(PlannedFrames frames, ProjectionFitListener listener) {
        SplitCells cells = SplitCells.create(runtime.manager(), teacher.card().featuresChannels(), calibration);
        try {
            List<PlannedFrame> batch = new ArrayList<>();
            Runnable forward = () -> {
                forward(batch, cells);
                listener.extracted(
                        batch.get(batch.size() - 1).place() + 1, frames.plan().chosen());
                batch.clear();
            };
            frames.forEach(planned -> {
                batch.add(planned);
                if (batch.size() == settings.batchSize()) {
                    forward.run();
                }
            });
            if (!batch.isEmpty()) {
                forward.run();
            }
            return cells;
        } catch (RuntimeException e) {
            cells.close();
            throw e;
        }
    }

    private void forward(List<PlannedFrame> batch, SplitCells cells) {
        List<RgbImage> images =
                batch.stream().map(planned -> reader.image(planned.frame())).toList();
        try (NDManager scope = runtime.manager().newSubManager()) {
            NDArray x = tensors.batch(scope, images, view, teacher.card().input());
            SegmentationModel.Output out = teacher.forward(scope, x);
            NDArray features = out.features();
            int plane = LogitTensors.shape(features).plane();
            TensorShape logitsShape = LogitTensors.shape(out.logits());
            List<FloatBuffer> logits = LogitTensors.frames(out.logits());
            List<FloatBuffer> maps = LogitTensors.frames(features);
            for (int n = 0; n < batch.size(); n++) {
                PlannedFrame planned = batch.get(n);
                LabelMap label = reader.label(planned.frame());
                calibrate(logits.get(n), logitsShape, label);
                if (planned.heldOut()) {
                    sample(maps.get(n), plane, label, heldOutQuota, cells.heldOut());
                } else {
                    sample(maps.get(n), plane, label, fitQuota, cells.fit());
                }
            }
        }
    }

    /** Offers the logits under the center of each labeled feature cell. */
    private void calibrate(FloatBuffer map, TensorShape shape, LabelMap label) {
        for (int cell = 0; cell < label.ids().length; cell++) {
            int id = label.ids()[cell] & 0xFF;
            if (id != LabelSchema.IGNORE) {
                int row = (2 * (cell / label.width()) + 1) * shape.height() / (2 * label.height());
                int column = (2 * (cell % label.width()) + 1) * shape.width() / (2 * label.width());
                calibration.offer(map, shape.plane(), row * shape.width() + column, id);
            }
        }
    }

    /** @param map the features of one frame, [F, plane] */
    private void sample(FloatBuffer map, int plane, LabelMap label, CellQuota quota, FeatureCells into) {
        if (plane != label.ids().length) {
            throw new IllegalStateException("features have " + plane + " cells, the label " + label.ids().length);
        }
        for (int cell = 0; cell < plane; cell++) {
            int id = label.ids()[cell] & 0xFF;
            // One draw for each labeled cell, kept or not: the draws of other cells then do not depend on this one.
            if (id != LabelSchema.IGNORE && random.nextDouble() < quota.probability(id)) {
                into.add(map, plane, cell, id, quota.weight(id));
            }
        }
    }
}
