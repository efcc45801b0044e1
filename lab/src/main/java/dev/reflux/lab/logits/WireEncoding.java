package dev.reflux.lab.logits;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;

/** An encoding of the product's wire format. */
record WireEncoding(String name, TensorType type) implements LogitEncoding {

    @Override
    public Tensor encode(LogitMap map) {
        return TensorCodec.encode(map, type);
    }

    @Override
    public LogitMap decode(Tensor tensor) throws RejectedFrameException {
        return TensorCodec.decode(tensor);
    }
}
