package dev.reflux.teacher.publish;

import dev.reflux.common.message.TensorType;

/** How the teacher's tensors are written. */
public enum WireType {
    /**
     * One byte a value, a scale for each class: a quarter of FP32's bytes, under 1 % error in the loss's gradient on
     * CamVid.
     */
    INT8(TensorType.TENSOR_TYPE_INT8),
    FP16(TensorType.TENSOR_TYPE_FP16),
    FP32(TensorType.TENSOR_TYPE_FP32);

    private final TensorType tensorType;

    WireType(TensorType tensorType) {
        this.tensorType = tensorType;
    }

    public TensorType tensorType() {
        return tensorType;
    }
}
