package dev.reflux.torch.script;

import java.util.Arrays;

/**
 * A float tensor of a {@link ScriptModule}, as a parameter or as a buffer.
 *
 * @param name the name of the attribute; a lower-case letter, then letters, digits and underscores
 * @param shape the dimensions; empty for a scalar
 * @param values the elements, row-major
 */
public record ScriptTensor(String name, long[] shape, float[] values) {

    public ScriptTensor {
        if (!name.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException("\"" + name + "\" cannot name a tensor of a script");
        }
        if (Arrays.stream(shape).reduce(1, Math::multiplyExact) != values.length) {
            throw new IllegalArgumentException(
                    name + " of shape " + Arrays.toString(shape) + " cannot have " + values.length + " values");
        }
    }

    long[] strides() {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= shape[i];
        }
        return strides;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScriptTensor that
                && name.equals(that.name)
                && Arrays.equals(shape, that.shape)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape);
    }
}
