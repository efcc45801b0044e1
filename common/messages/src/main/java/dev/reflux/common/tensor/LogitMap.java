package dev.reflux.common.tensor;

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
}
