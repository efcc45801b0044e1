package dev.reflux.lab.learning;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.image.GridCrop;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.random.RandomGenerator;

/**
 * A window of a frame, cut out of everything that belongs to it: image, label and both tensors of the teacher. The
 * teacher has looked at the whole frame, so its tensors can only be cut between their cells: a window's edges lie on edges
 * of the coarser grid.
 *
 * @param columns of cells of the coarser grid that the frame has
 * @param rows of them
 * @param left first column inside
 * @param top first row inside
 * @param width columns inside
 * @param height rows inside
 */
record GridWindow(int columns, int rows, int left, int top, int width, int height) {

    /**
     * A window anywhere in the frame.
     *
     * @param part of the frame's sides, above 0 and up to 1; the nearest number of cells, at least one
     */
    static GridWindow random(TrainingSample sample, double part, RandomGenerator random) {
        TensorShape coarse = coarser(sample.projected().shape(), sample.logits().shape());
        int width = cells(part, coarse.width());
        int height = cells(part, coarse.height());
        int left = random.nextInt(coarse.width() - width + 1);
        int top = random.nextInt(coarse.height() - height + 1);
        return new GridWindow(coarse.width(), coarse.height(), left, top, width, height);
    }

    private static TensorShape coarser(TensorShape a, TensorShape b) {
        return a.plane() <= b.plane() ? a : b;
    }

    private static int cells(double part, int all) {
        return Math.max(1, (int) Math.round(part * all));
    }

    /** @throws UsageException when the grids do not divide each other or the frame, so that there is nowhere to cut */
    TrainingSample of(TrainingSample sample) {
        return new TrainingSample(
                sample.reference(),
                sample.frameId(),
                sample.cameraId(),
                sample.vehicleId(),
                sample.capturedAtMicros(),
                sample.domain(),
                on(sample.image().width(), sample.image().height()).of(sample.image()),
                sample.isLabeled()
                        ? on(sample.label().width(), sample.label().height()).of(sample.label())
                        : sample.label(),
                of(sample.projected()),
                of(sample.logits()),
                on(sample.view().width(), sample.view().height()).size(),
                on(sample.teacherView().width(), sample.teacherView().height()).size(),
                sample.source());
    }

    private LogitMap of(LogitMap map) {
        return on(map.shape().width(), map.shape().height()).of(map, 1);
    }

    /** The window in the units of something that shows the whole frame. */
    private GridCrop on(int wholeWidth, int wholeHeight) {
        int across = evenly(wholeWidth, columns, "columns");
        int down = evenly(wholeHeight, rows, "rows");
        return new GridCrop(across * left, down * top, across * width, down * height);
    }

    private static int evenly(int all, int cells, String what) {
        if (all % cells != 0) {
            throw new UsageException("A frame of " + all + " " + what + " cannot be cut along the teacher's grid of "
                    + cells + " " + what + "; give a --size that the grid divides, or no crop.");
        }
        return all / cells;
    }
}
