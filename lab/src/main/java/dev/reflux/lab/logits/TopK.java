package dev.reflux.lab.logits;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.common.tensor.TensorShape;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The k highest classes of each cell, and for all others their mean. Ranks are maps, the mean is one more, and all are
 * written as the product's int8; behind them stand the classes of the ranks, packed into as few bits as their number
 * needs. Where there are k classes or fewer, one fewer is kept.
 *
 * @param k at least 1
 */
record TopK(int k) implements LogitEncoding {

    @Override
    public String name() {
        return "top" + k;
    }

    @Override
    public Tensor encode(LogitMap map) {
        TensorShape shape = map.shape();
        int kept = Math.min(k, shape.classes() - 1);
        int plane = shape.plane();
        float[] ranks = new float[(kept + 1) * plane];
        int[] classes = new int[kept * plane];
        for (int cell = 0; cell < plane; cell++) {
            Integer[] order = order(map.values(), cell, shape);
            for (int rank = 0; rank < kept; rank++) {
                ranks[rank * plane + cell] = map.values()[order[rank] * plane + cell];
                classes[rank * plane + cell] = order[rank];
            }
            double rest = 0;
            for (int rank = kept; rank < order.length; rank++) {
                rest += map.values()[order[rank] * plane + cell];
            }
            ranks[kept * plane + cell] = (float) (rest / (order.length - kept));
        }
        LogitMap ranked = new LogitMap(new TensorShape(kept + 1, shape.height(), shape.width()), ranks);
        Tensor values = TensorCodec.encode(ranked, TensorType.TENSOR_TYPE_INT8);
        ByteString ids = UnsafeByteOperations.unsafeWrap(PackedBits.pack(classes, PackedBits.width(shape.classes())));
        return values.toBuilder()
                .setShape(0, shape.classes())
                .setType(TensorType.TENSOR_TYPE_UNSPECIFIED)
                .setData(values.getData().concat(ids))
                .build();
    }

    /** Classes of a cell, the highest first; in a tie the lower id. */
    private static Integer[] order(float[] values, int cell, TensorShape shape) {
        Integer[] order = new Integer[shape.classes()];
        Arrays.setAll(order, c -> c);
        Arrays.sort(order, Comparator.comparingDouble(c -> -values[c * shape.plane() + cell]));
        return order;
    }

    @Override
    public LogitMap decode(Tensor tensor) throws RejectedFrameException {
        TensorShape shape = new TensorShape(tensor.getShape(0), tensor.getShape(1), tensor.getShape(2));
        int kept = tensor.getScaleCount() - 1;
        int plane = shape.plane();
        int split = (kept + 1) * plane;
        float[] ranks = TensorCodec.decode(tensor.toBuilder()
                        .setShape(0, kept + 1)
                        .setType(TensorType.TENSOR_TYPE_INT8)
                        .setData(tensor.getData().substring(0, split))
                        .build())
                .values();
        int[] classes = PackedBits.unpack(
                tensor.getData().substring(split).toByteArray(), kept * plane, PackedBits.width(shape.classes()));
        float[] values = new float[shape.size()];
        for (int cell = 0; cell < plane; cell++) {
            for (int c = 0; c < shape.classes(); c++) {
                values[c * plane + cell] = ranks[kept * plane + cell];
            }
            for (int rank = 0; rank < kept; rank++) {
                values[classes[rank * plane + cell] * plane + cell] = ranks[rank * plane + cell];
            }
        }
        return new LogitMap(shape, values);
    }
}
