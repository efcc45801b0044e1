package dev.reflux.torch.weights;

import dev.reflux.common.failure.Cause;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor of a safetensors file.
 *
 * @param name the name, unique in its file
 * @param type the type of the elements
 * @param shape the dimensions; empty for a scalar
 * @param data the elements, little-endian, row-major; must not be written to
 */
public record NamedTensor(String name, Type type, List<Long> shape, ByteBuffer data) {

    /** The types of elements, by their name in the file. */
    public enum Type {
        F32(4),
        I64(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /** Returns the size of an element. */
        public int bytes() {
            return bytes;
        }
    }

    public NamedTensor {
        shape = List.copyOf(shape);
        data = data.slice().order(java.nio.ByteOrder.LITTLE_ENDIAN);
        if (shape.stream().anyMatch(d -> d < 0) || bytes(type, shape) != data.remaining()) {
            throw new IllegalArgumentException(
                    Cause.oneLine(name) + " " + type + shape + " cannot have " + data.remaining() + " bytes");
        }
    }

    /** Returns the bytes of so many elements; -1 when no memory has as many. */
    private static long bytes(Type type, List<Long> shape) {
        if (shape.contains(0L)) {
            return 0;
        }
        long bytes = type.bytes();
        for (long dimension : shape) {
            if (dimension > Integer.MAX_VALUE || bytes > Integer.MAX_VALUE) {
                return -1;
            }
            bytes *= dimension;
        }
        return bytes;
    }

    /**
     * Creates an F32 tensor.
     *
     * @param values the elements, row-major
     */
    public static NamedTensor ofFloats(String name, float[] values, long... shape) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new NamedTensor(name, Type.F32, Arrays.stream(shape).boxed().toList(), data);
    }

    /** Returns the elements of an F32 tensor, row-major. */
    public float[] floats() {
        if (type != Type.F32) {
            throw new IllegalArgumentException(name + " is " + type + ", not F32");
        }
        float[] values = new float[data.remaining() / 4];
        data.duplicate().order(java.nio.ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
