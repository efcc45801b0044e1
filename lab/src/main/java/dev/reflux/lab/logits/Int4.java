package dev.reflux.lab.logits;

import com.google.protobuf.UnsafeByteOperations;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorLayout;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;

/**
 * As the product's int8, with 16 steps: each class has its own affine scale over its range in the frame, two values share
 * a byte, and the error is at most (max − min) / 30 of the class.
 */
record Int4() implements LogitEncoding {

    private static final int BITS = 4;
    private static final int STEPS = 15;

    @Override
    public String name() {
        return "int4";
    }

    @Override
    public Tensor encode(LogitMap map) {
        TensorShape shape = map.shape();
        Tensor.Builder tensor = Tensor.newBuilder()
                .addShape(shape.classes())
                .addShape(shape.height())
                .addShape(shape.width())
                .setLayout(TensorLayout.TENSOR_LAYOUT_CHW);
        int[] steps = new int[shape.size()];
        for (int c = 0; c < shape.classes(); c++) {
            quantise(map.values(), c * shape.plane(), (c + 1) * shape.plane(), steps, tensor);
        }
        return tensor.setData(UnsafeByteOperations.unsafeWrap(PackedBits.pack(steps, BITS)))
                .build();
    }

    private static void quantise(float[] values, int from, int to, int[] steps, Tensor.Builder tensor) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        float scale = (max - min) / STEPS;
        for (int i = from; i < to; i++) {
            steps[i] = scale > 0 ? Math.min(STEPS, Math.round((values[i] - min) / scale)) : 0;
        }
        tensor.addScale(scale).addOffset(min);
    }

    @Override
    public LogitMap decode(Tensor tensor) {
        TensorShape shape = new TensorShape(tensor.getShape(0), tensor.getShape(1), tensor.getShape(2));
        int[] steps = PackedBits.unpack(tensor.getData().toByteArray(), shape.size(), BITS);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            int c = i / shape.plane();
            values[i] = tensor.getOffset(c) + tensor.getScale(c) * steps[i];
        }
        return new LogitMap(shape, values);
    }
}
