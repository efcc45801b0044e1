package dev.reflux.common.tensor;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorLayout;
import dev.reflux.common.message.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Encodes and decodes logit maps on the wire.
 *
 * <ul>
 *   <li>FP32: exact.
 *   <li>FP16: relative error at most 2<sup>-11</sup> within ±65504 (absolute 2<sup>-25</sup> near 0).
 *   <li>INT8: each class has its own affine scale over its range in the frame, so the error is at most half a step,
 *       (max − min) / 510 of that class, a quarter of FP32's bytes. The extremes themselves are exact but for rounding.
 * </ul>
 *
 * Logits are finite: NaN and infinities are refused on both ends. Stateless and thread-safe.
 */
public final class TensorCodec {

    private static final int STEPS = 255;
    private static final int LOWEST = -128;
    private static final int MAX_ELEMENTS = 1 << 28;

    private TensorCodec() {}

    public static Tensor encode(LogitMap map, TensorType type) {
        return encode(map.shape(), FloatBuffer.wrap(map.values()), type);
    }

    /**
     * Returns the map as a message.
     *
     * @param values shape.size() floats from the buffer's position on; the buffer's position does not move
     * @throws IllegalArgumentException for a NaN or infinite value, or too few values
     */
    public static Tensor encode(TensorShape shape, FloatBuffer values, TensorType type) {
        if (values.remaining() < shape.size()) {
            throw new IllegalArgumentException(shape + " needs " + shape.size() + " values, not " + values.remaining());
        }
        FloatBuffer in = values.slice();
        Tensor.Builder tensor = Tensor.newBuilder()
                .addShape(shape.classes())
                .addShape(shape.height())
                .addShape(shape.width())
                .setType(type)
                .setLayout(TensorLayout.TENSOR_LAYOUT_CHW);
        byte[] data =
                switch (type) {
                    case TENSOR_TYPE_FP32 -> fp32(shape, in);
                    case TENSOR_TYPE_FP16 -> fp16(shape, in);
                    case TENSOR_TYPE_INT8 -> int8(shape, in, tensor);
                    case TENSOR_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                        throw new IllegalArgumentException("no tensor is written as " + type);
                };
        return tensor.setData(UnsafeByteOperations.unsafeWrap(data)).build();
    }

    private static byte[] fp32(TensorShape shape, FloatBuffer in) {
        ByteBuffer out = ByteBuffer.allocate(4 * shape.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < shape.size(); i++) {
            out.putFloat(finite(in.get(i)));
        }
        return out.array();
    }

    private static byte[] fp16(TensorShape shape, FloatBuffer in) {
        ByteBuffer out = ByteBuffer.allocate(2 * shape.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < shape.size(); i++) {
            // Past half precision's range a logit is as good as certain: it saturates, it does not become infinite.
            float value = Math.max(-65504f, Math.min(65504f, finite(in.get(i))));
            out.putShort(Float16.bits(value));
        }
        return out.array();
    }

    private static byte[] int8(TensorShape shape, FloatBuffer in, Tensor.Builder tensor) {
        byte[] out = new byte[shape.size()];
        int plane = shape.plane();
        for (int c = 0; c < shape.classes(); c++) {
            int from = c * plane;
            float min = Float.POSITIVE_INFINITY;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = from; i < from + plane; i++) {
                float value = finite(in.get(i));
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
            // Each bound divided first: max - min of two large floats may overflow.
            float scale = max / STEPS - min / STEPS;
            float offset = min - LOWEST * scale;
            float perStep = scale > 0 ? 1 / scale : 0;
            perStep = Float.isInfinite(perStep) ? 0 : perStep;
            for (int i = from; i < from + plane; i++) {
                out[i] = (byte) (LOWEST + Math.min(STEPS, Math.round((in.get(i) - min) * perStep)));
            }
            tensor.addScale(scale).addOffset(offset);
        }
        return out;
    }

    private static float finite(float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException("a logit is " + value + "; only finite logits travel");
        }
        return value;
    }

    /** @throws RejectedFrameException with {@link Rejection#BAD_TENSOR} naming the contradiction */
    public static LogitMap decode(Tensor tensor) throws RejectedFrameException {
        TensorShape shape = shapeOf(tensor);
        float[] values = new float[shape.size()];
        decodeInto(tensor, FloatBuffer.wrap(values));
        return new LogitMap(shape, values);
    }

    /**
     * Writes shapeOf(tensor).size() floats into the target from its position on, and advances the position.
     *
     * @throws RejectedFrameException with {@link Rejection#BAD_TENSOR} naming the contradiction
     * @throws java.nio.BufferOverflowException when the target is too small
     */
    public static void decodeInto(Tensor tensor, FloatBuffer target) throws RejectedFrameException {
        TensorShape shape = shapeOf(tensor);
        ByteBuffer data = tensor.getData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        switch (tensor.getType()) {
            case TENSOR_TYPE_FP32 -> {
                for (int i = 0; i < shape.size(); i++) {
                    target.put(received(data.getFloat()));
                }
            }
            case TENSOR_TYPE_FP16 -> {
                for (int i = 0; i < shape.size(); i++) {
                    target.put(received(Float16.value(data.getShort())));
                }
            }
            case TENSOR_TYPE_INT8 -> int8(tensor, shape, target);
            case TENSOR_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw bad("is of an unknown type");
        }
    }

    private static void int8(Tensor tensor, TensorShape shape, FloatBuffer target) throws RejectedFrameException {
        byte[] data = tensor.getData().toByteArray();
        int plane = shape.plane();
        float[] meaning = new float[STEPS + 1];
        float[] values = new float[plane];
        for (int c = 0; c < shape.classes(); c++) {
            float scale = received(tensor.getScale(c));
            float offset = received(tensor.getOffset(c));
            for (int step = 0; step <= STEPS; step++) {
                meaning[step] = received(offset + scale * (LOWEST + step));
            }
            int from = c * plane;
            for (int i = 0; i < plane; i++) {
                values[i] = meaning[data[from + i] - LOWEST];
            }
            target.put(values);
        }
    }

    private static float received(float value) throws RejectedFrameException {
        if (!Float.isFinite(value)) {
            throw bad("holds a value that is not finite");
        }
        return value;
    }

    /** Returns the shape, after checking that shape, type, scales and data agree. */
    public static TensorShape shapeOf(Tensor tensor) throws RejectedFrameException {
        if (tensor.getShapeCount() != 3) {
            throw bad("has " + tensor.getShapeCount() + " dimensions instead of [C, h, w]");
        }
        if (tensor.getLayout() != TensorLayout.TENSOR_LAYOUT_CHW) {
            throw bad("has an unknown layout");
        }
        long elements = 1;
        for (int i = 0; i < 3; i++) {
            long extent = Integer.toUnsignedLong(tensor.getShape(i));
            elements = extent > MAX_ELEMENTS ? Long.MAX_VALUE : elements * extent;
            if (elements < 1 || elements > MAX_ELEMENTS) {
                throw bad("has the impossible shape " + tensor.getShapeList());
            }
        }
        requireData(tensor, elements);
        return new TensorShape(tensor.getShape(0), tensor.getShape(1), tensor.getShape(2));
    }

    private static void requireData(Tensor tensor, long elements) throws RejectedFrameException {
        int width =
                switch (tensor.getType()) {
                    case TENSOR_TYPE_FP32 -> 4;
                    case TENSOR_TYPE_FP16 -> 2;
                    case TENSOR_TYPE_INT8 -> 1;
                    case TENSOR_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw bad("is of an unknown type");
                };
        ByteString data = tensor.getData();
        if (data.size() != elements * width) {
            throw bad(
                    "has " + data.size() + " bytes; its shape " + tensor.getShapeList() + " needs " + elements * width);
        }
        int scales = width == 1 ? tensor.getShape(0) : 0;
        if (tensor.getScaleCount() != scales || tensor.getOffsetCount() != scales) {
            throw bad("has " + tensor.getScaleCount() + " scales and " + tensor.getOffsetCount()
                    + " offsets instead of " + scales);
        }
    }

    /** Returns the bytes of the tensor's values and scales, without the message's overhead. */
    public static int payloadBytes(Tensor tensor) {
        return tensor.getData().size() + 4 * (tensor.getScaleCount() + tensor.getOffsetCount());
    }

    private static RejectedFrameException bad(String what) {
        return new RejectedFrameException(Rejection.BAD_TENSOR, "A tensor of the sample " + what + ".");
    }
}
