package dev.reflux.torch.image;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.reflux.common.label.LabelMap;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The most likely class of every pixel. Logits are read through a view, not copied, and upsampled row by row, so the
 * full-size logits never exist. Keeps its working memory: one owner thread.
 */
public final class Predictions {

    private float[] row = new float[0];
    private float[] scaled = new float[0];
    private float[] best = new float[0];

    /**
     * Class maps of full size: logits are upsampled bilinearly (half-pixel centres, edges repeated, as
     * {@code F.interpolate(align_corners=False)}), then the class with the highest logit is taken, the lower id in a tie.
     *
     * @param logits float [N,C,h,w], C at most 255
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
        FloatBuffer view =
                logits.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
        List<LabelMap> maps = new ArrayList<>();
        int size = classes * gridHeight * gridWidth;
        for (int n = 0; n < shape[0]; n++) {
            maps.add(argmax(view.slice(n * size, size), classes, gridHeight, gridWidth, width, height));
        }
        return maps;
    }

    /** Class maps on the logits' own grid. */
    public List<LabelMap> argmax(NDArray logits) {
        long[] shape = logits.getShape().getShape();
        return argmax(logits, (int) shape[3], (int) shape[2]);
    }

    /**
     * {@link #argmax(NDArray, int, int)} of one frame.
     *
     * @param logits [C,h,w], class-major
     */
    public LabelMap argmax(FloatBuffer logits, int classes, int gridHeight, int gridWidth, int width, int height) {
        Lerp columns = Lerp.of(gridWidth, width);
        Lerp rows = Lerp.of(gridHeight, height);
        grow(gridWidth, width);
        byte[] ids = new byte[width * height];
        for (int y = 0; y < height; y++) {
            Arrays.fill(best, 0, width, Float.NEGATIVE_INFINITY);
            for (int c = 0; c < classes; c++) {
                blend(
                        logits,
                        (c * gridHeight + rows.low()[y]) * gridWidth,
                        (c * gridHeight + rows.high()[y]) * gridWidth,
                        rows.weight()[y],
                        gridWidth);
                take((byte) c, columns, ids, y * width, width);
            }
        }
        return new LabelMap(width, height, ids);
    }

    private void grow(int gridWidth, int width) {
        if (row.length < gridWidth) {
            row = new float[gridWidth];
            scaled = new float[gridWidth];
        }
        if (best.length < width) {
            best = new float[width];
        }
    }

    /** One row of the grid between two, into {@link #row}. */
    private void blend(FloatBuffer logits, int low, int high, float weight, int gridWidth) {
        logits.get(low, row, 0, gridWidth);
        if (weight > 0 && high != low) {
            logits.get(high, scaled, 0, gridWidth);
            float rest = 1 - weight;
            for (int x = 0; x < gridWidth; x++) {
                row[x] = rest * row[x] + weight * scaled[x];
            }
        }
    }

    private void take(byte id, Lerp columns, byte[] ids, int start, int width) {
        float[] values = row;
        float[] highest = best;
        int[] low = columns.low();
        int[] high = columns.high();
        float[] weight = columns.weight();
        for (int x = 0; x < width; x++) {
            float value = (1 - weight[x]) * values[low[x]] + weight[x] * values[high[x]];
            if (value > highest[x]) {
                highest[x] = value;
                ids[start + x] = id;
            }
        }
    }
}
