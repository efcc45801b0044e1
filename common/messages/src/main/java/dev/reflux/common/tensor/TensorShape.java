package dev.reflux.common.tensor;

/** Shape of a class-major map of one frame: [C, h, w], each at least 1. */
public record TensorShape(int classes, int height, int width) {

    public TensorShape {
        if (classes < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException("a tensor cannot be [" + classes + ", " + height + ", " + width + "]");
        }
        Math.multiplyExact(Math.multiplyExact(classes, height), width);
    }

    /** Returns the number of elements. */
    public int size() {
        return classes * height * width;
    }

    /** Returns the number of elements of one class. */
    public int plane() {
        return height * width;
    }

    @Override
    public String toString() {
        return "[" + classes + ", " + height + ", " + width + "]";
    }
}
