package dev.reflux.common.tensor;

import dev.reflux.common.label.LabelMap;
import java.util.Arrays;

/** Logits of one frame, class-major [C, h, w], row-major within a class. */
public final class LogitMap {

    private final TensorShape shape;
    private final float[] values;

    /**
     * Creates a map.
     *
     * @param shape classes, rows and columns
     * @param values shape.size() floats; the map keeps the array without a copy
     */
    public LogitMap(TensorShape shape, float[] values) {
        if (values.length != shape.size()) {
            throw new IllegalArgumentException("a map of " + shape + " cannot have " + values.length + " values");
        }
        this.shape = shape;
        this.values = values;
    }

    public TensorShape shape() {
        return shape;
    }

    /** Returns the map's own array. Callers must not write to it. */
    public float[] values() {
        return values;
    }

    /** Returns the class with the largest logit of each cell, the lower id in a tie. */
    public LabelMap classes() {
        int plane = shape.plane();
        float[] best = Arrays.copyOf(values, plane);
        byte[] ids = new byte[plane];
        for (int c = 1; c < shape.classes(); c++) {
            for (int i = 0; i < plane; i++) {
                if (values[c * plane + i] > best[i]) {
                    best[i] = values[c * plane + i];
                    ids[i] = (byte) c;
                }
            }
        }
        return new LabelMap(shape.width(), shape.height(), ids);
    }
}
