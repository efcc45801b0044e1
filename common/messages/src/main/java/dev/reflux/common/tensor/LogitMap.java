package dev.reflux.common.tensor;

/** Logits of one frame, class-major [C, h, w], row-major within a class. */
public final class LogitMap {

    private final TensorShape shape;
    private final float[] values;

    /** @param values shape.size() floats, taken over, not copied */
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

    /** The live array: not to be written to. */
    public float[] values() {
        return values;
    }
}
