package dev.reflux.torch.script;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the opcodes of Python's pickle protocol 2 that a TorchScript archive needs. Each method appends one or several
 * opcodes and returns this object. Not thread-safe.
 */
final class Pickle {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle() {
        op(0x80);
        op(2);
    }

    private Pickle op(int code) {
        out.write(code);
        return this;
    }

    private Pickle op(char code) {
        return op((int) code);
    }

    Pickle global(String module, String name) {
        op('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    Pickle text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        op('X').int32(utf8.length);
        out.writeBytes(utf8);
        return this;
    }

    private Pickle int32(int value) {
        return op(value & 255).op(value >>> 8 & 255).op(value >>> 16 & 255).op(value >>> 24 & 255);
    }

    private Pickle number(long value) {
        return op('J').int32(Math.toIntExact(value));
    }

    Pickle emptyTuple() {
        return op(')');
    }

    Pickle emptyDict() {
        return op('}');
    }

    Pickle mark() {
        return op('(');
    }

    Pickle newObject() {
        return op(0x81);
    }

    Pickle yes() {
        return op(0x88);
    }

    private Pickle no() {
        return op(0x89);
    }

    private Pickle tuple() {
        return op('t');
    }

    private Pickle reduce() {
        return op('R');
    }

    Pickle setItems() {
        return op('u');
    }

    Pickle build() {
        return op('b');
    }

    byte[] stop() {
        op('.');
        return out.toByteArray();
    }

    /** Appends a tensor whose values are the archive's entry {@code data/index}. */
    Pickle tensor(int index, ScriptTensor tensor, boolean requiresGradient) {
        global("torch._utils", "_rebuild_tensor_v2").mark();
        mark().text("storage")
                .global("torch", "FloatStorage")
                .text(Integer.toString(index))
                .text("cpu")
                .number(tensor.values().length)
                .tuple()
                .op('Q');
        number(0).dimensions(tensor.shape()).dimensions(tensor.strides());
        if (requiresGradient) {
            yes();
        } else {
            no();
        }
        return global("collections", "OrderedDict")
                .emptyTuple()
                .reduce()
                .tuple()
                .reduce();
    }

    private Pickle dimensions(long[] values) {
        mark();
        for (long value : values) {
            number(value);
        }
        return tuple();
    }
}
