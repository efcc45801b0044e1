package dev.reflux.torch.image;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.reflux.common.label.LabelMap;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the most likely class of every pixel. Logits are upsampled bilinearly (half-pixel centers, repeated edges, as
 * {@code F.interpolate(align_corners=False)}); then the class with the highest logit is taken, the lower id in a tie.
 *
 * <p>The full-size logits are never computed. Between four neighbors of the grid, a bilinear surface stays between its
 * corners. A class can win there only if its highest corner reaches the largest of all classes' lowest corners, and in most
 * places of an image this is one class.
 *
 * <p>Threading: keeps its working memory; one owner thread.
 */
public final class Predictions {

    private float[] grid = new float[0];
    private float[] lowest = new float[0];
    private float[] highest = new float[0];
    private int[] candidates = new int[0];

    /**
     * Returns class maps of a given size, one for each frame.
     *
     * @param logits float [N,C,h,w], C at most 255
     * @param width the width of the maps in pixels
     * @param height the height of the maps in pixels
     */
    public List<LabelMap> argmax(NDArray logits, int width, int height) {
        long[] shape = logits.getShape().getShape();
        if (shape.length != 4 || shape[1] > 255 || logits.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("logits must be float [N,C,h,w] of at most 255 classes, not "
                    + logits.getDataType() + logits.getShape());
        }
        int classes = (int) shape[1];
        int gridHeight = (int) shape[2];
        int gridWidth = (int) shape[3];
        int size = classes * gridHeight * gridWidth;
        List<LabelMap> maps = new ArrayList<>();
        // A model whose input has its channels last in memory gives outputs of the same layout: nothing is copied here.
        try (NDManager scratch = logits.getManager().newSubManager()) {
            NDArray last = logits.transpose(0, 2, 3, 1);
            last.attach(scratch);
            FloatBuffer all =
                    last.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
            for (int n = 0; n < shape[0]; n++) {
                grow(size, classes, gridWidth);
                all.get(n * size, grid, 0, size);
                maps.add(argmaxOfGrid(classes, gridHeight, gridWidth, width, height));
            }
        }
        return maps;
    }

    /** Returns class maps on the grid of the logits. */
    public List<LabelMap> argmax(NDArray logits) {
        long[] shape = logits.getShape().getShape();
        return argmax(logits, (int) shape[3], (int) shape[2]);
    }

    /**
     * Returns the class map of one frame.
     *
     * @param logits [C,h,w], row-major
     */
    public LabelMap argmax(FloatBuffer logits, int classes, int gridHeight, int gridWidth, int width, int height) {
        int cells = gridHeight * gridWidth;
        grow(classes * cells, classes, gridWidth);
        for (int c = 0; c < classes; c++) {
            for (int i = 0; i < cells; i++) {
                grid[i * classes + c] = logits.get(c * cells + i);
            }
        }
        return argmaxOfGrid(classes, gridHeight, gridWidth, width, height);
    }

    private void grow(int size, int classes, int gridWidth) {
        if (grid.length < size) {
            grid = new float[size];
        }
        if (lowest.length < classes * gridWidth) {
            lowest = new float[classes * gridWidth];
            highest = new float[classes * gridWidth];
        }
        if (candidates.length < classes) {
            candidates = new int[classes];
        }
    }

    private LabelMap argmaxOfGrid(int classes, int gridHeight, int gridWidth, int width, int height) {
        Lerp columns = Lerp.of(gridWidth, width);
        Lerp rows = Lerp.of(gridHeight, height);
        byte[] ids = new byte[width * height];
        for (int top = 0; top < height; ) {
            int bottom = rows.endOfCell(top);
            int low = rows.low()[top] * gridWidth * classes;
            int high = rows.high()[top] * gridWidth * classes;
            bound(low, high, gridWidth * classes);
            for (int left = 0; left < width; ) {
                int right = columns.endOfCell(left);
                int from = columns.low()[left] * classes;
                int to = columns.high()[left] * classes;
                int count = candidates(from, to, classes);
                if (count == 1) {
                    for (int y = top; y < bottom; y++) {
                        Arrays.fill(ids, y * width + left, y * width + right, (byte) candidates[0]);
                    }
                } else {
                    for (int y = top; y < bottom; y++) {
                        for (int x = left; x < right; x++) {
                            ids[y * width + x] = best(
                                    count,
                                    low + from,
                                    low + to,
                                    high + from,
                                    high + to,
                                    rows.weight()[y],
                                    columns.weight()[x]);
                        }
                    }
                }
                left = right;
            }
            top = bottom;
        }
        return new LabelMap(width, height, ids);
    }

    /** Computes the lowest and highest of two rows of the grid. */
    private void bound(int low, int high, int length) {
        float[] values = grid;
        float[] least = lowest;
        float[] most = highest;
        for (int i = 0; i < length; i++) {
            least[i] = Math.min(values[low + i], values[high + i]);
            most[i] = Math.max(values[low + i], values[high + i]);
        }
    }

    /** Collects the classes that may win between two columns, in the order of their ids, and returns their number. */
    private int candidates(int from, int to, int classes) {
        float floor = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            floor = Math.max(floor, Math.min(lowest[from + c], lowest[to + c]));
        }
        int count = 0;
        for (int c = 0; c < classes; c++) {
            // Written so that a class is kept if a value is NaN.
            if (!(Math.max(highest[from + c], highest[to + c]) < floor)) {
                candidates[count++] = c;
            }
        }
        return count;
    }

    private byte best(int count, int lowLeft, int lowRight, int highLeft, int highRight, float down, float across) {
        int best = candidates[0];
        float bestValue = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < count; k++) {
            int c = candidates[k];
            float left = (1 - down) * grid[lowLeft + c] + down * grid[highLeft + c];
            float right = (1 - down) * grid[lowRight + c] + down * grid[highRight + c];
            float value = (1 - across) * left + across * right;
            if (value > bestValue) {
                bestValue = value;
                best = c;
            }
        }
        return (byte) best;
    }
}
