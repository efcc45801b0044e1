package dev.reflux.benchmarks.learning;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
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
        ImageSize view = sample.view();
        return new TrainingSample(
                sample.reference(),
                sample.frameId(),
                sample.cameraId(),
                sample.capturedAtMicros(),
                sample.domain(),
                cut(sample.image()),
                cut(sample.label()),
                cut(sample.projected()),
                cut(sample.logits()),
                new ImageSize(across(view.width()) * width, down(view.height()) * height));
    }

    private RgbImage cut(RgbImage image) {
        int across = across(image.width());
        int down = down(image.height());
        byte[] inside = new byte[3 * across * width * down * height];
        copy(image.rgb(), 3 * image.width(), inside, 3 * across, down, 0, 0);
        return new RgbImage(across * width, down * height, inside);
    }

    private LabelMap cut(LabelMap label) {
        int across = across(label.width());
        int down = down(label.height());
        byte[] inside = new byte[across * width * down * height];
        copy(label.ids(), label.width(), inside, across, down, 0, 0);
        return new LabelMap(across * width, down * height, inside);
    }

    private LogitMap cut(LogitMap map) {
        TensorShape from = map.shape();
        int across = across(from.width());
        int down = down(from.height());
        TensorShape to = new TensorShape(from.classes(), down * height, across * width);
        float[] inside = new float[to.size()];
        for (int c = 0; c < from.classes(); c++) {
            copy(map.values(), from.width(), inside, across, down, c * from.plane(), c * to.plane());
        }
        return new LogitMap(to, inside);
    }

    /** @param across elements of an array's row in one cell of the coarser grid, {@code down} its rows */
    private void copy(Object from, int fromRow, Object to, int across, int down, int fromStart, int toStart) {
        int toRow = across * width;
        for (int y = 0; y < down * height; y++) {
            System.arraycopy(
                    from, fromStart + (down * top + y) * fromRow + across * left, to, toStart + y * toRow, toRow);
        }
    }

    private int across(int all) {
        return evenly(all, columns, "columns");
    }

    private int down(int all) {
        return evenly(all, rows, "rows");
    }

    private static int evenly(int all, int cells, String what) {
        if (all % cells != 0) {
            throw new UsageException("A frame of " + all + " " + what + " cannot be cut along the teacher's grid of "
                    + cells + " " + what + "; give a --size that the grid divides, or no crop.");
        }
        return all / cells;
    }
}
