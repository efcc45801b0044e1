package dev.reflux.lab.logits;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.lab.grid.AreaMean;
import java.nio.FloatBuffer;

/** The product's int8 on a grid of half as many rows and columns, rounded up; a cell is the mean of what it covers. */
record HalfResolution() implements LogitEncoding {

    @Override
    public String name() {
        return "half";
    }

    @Override
    public Tensor encode(LogitMap map) {
        TensorShape fine = map.shape();
        TensorShape coarse = new TensorShape(fine.classes(), (fine.height() + 1) / 2, (fine.width() + 1) / 2);
        FloatBuffer values = FloatBuffer.wrap(map.values());
        float[] means = new float[coarse.size()];
        int to = 0;
        for (int c = 0; c < coarse.classes(); c++) {
            for (int y = 0; y < coarse.height(); y++) {
                for (int x = 0; x < coarse.width(); x++) {
                    means[to++] = (float) AreaMean.of(values, fine, c, y, x, coarse.height(), coarse.width());
                }
            }
        }
        return TensorCodec.encode(new LogitMap(coarse, means), TensorType.TENSOR_TYPE_INT8);
    }

    @Override
    public LogitMap decode(Tensor tensor) throws RejectedFrameException {
        return TensorCodec.decode(tensor);
    }
}
