package dev.reflux.torch.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.script.TorchScriptHelper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Copies tensors of PyTorch to bytes and back. One owner thread for each tensor. */
public final class TensorBytes {

    private TensorBytes() {}

    /**
     * Returns a copy of a tensor.
     *
     * @param tensor float32 or int64, of any shape
     */
    public static NamedTensor of(String name, NDArray tensor) {
        NamedTensor.Type type =
                switch (tensor.getDataType()) {
                    case FLOAT32 -> NamedTensor.Type.F32;
                    case INT64 -> NamedTensor.Type.I64;
                    default ->
                        throw new IllegalArgumentException(
                                name + " is of type " + tensor.getDataType() + "; F32 and I64 are supported");
                };
        byte[] bytes = bytes(tensor);
        return new NamedTensor(
                name, type, Arrays.stream(tensor.getShape().getShape()).boxed().toList(), ByteBuffer.wrap(bytes));
    }

    /** Reads the memory of the tensor directly: {@link NDArray#toByteArray} would allocate a native buffer of the same size. */
    private static byte[] bytes(NDArray tensor) {
        try (NDManager scratch = tensor.getManager().newSubManager()) {
            NDArray alias = tensor.stopGradient();
            alias.attach(scratch);
            ByteBuffer view = alias.toByteBuffer(true);
            byte[] bytes = new byte[view.remaining()];
            view.get(bytes);
            return bytes;
        }
    }

    /** Returns a new tensor in memory of libtorch. */
    public static PtNDArray create(NDManager manager, NamedTensor tensor) {
        try (NDArray view = view(manager, tensor)) {
            // A copy: the memory of view() lives as long as a Java buffer that libtorch does not keep alive.
            return (PtNDArray) view.duplicate();
        }
    }

    /**
     * Overwrites a tensor in place.
     *
     * @throws IllegalArgumentException if types or shapes differ
     */
    public static void set(TorchScriptHelper helper, PtNDArray target, NamedTensor tensor) {
        if (!target.getShape().equals(shape(tensor)) || target.getDataType() != type(tensor)) {
            throw new IllegalArgumentException(tensor.name() + " is " + tensor.type() + tensor.shape() + ", where "
                    + target.getDataType() + target.getShape() + " is wanted");
        }
        try (NDManager scratch = target.getManager().newSubManager();
                NDArray source = view(scratch, tensor)) {
            helper.copy(List.of(target), List.of(source));
        }
    }

    private static NDArray view(NDManager manager, NamedTensor tensor) {
        ByteBuffer direct = ByteBuffer.allocateDirect(tensor.data().remaining()).order(ByteOrder.nativeOrder());
        direct.put(tensor.data().duplicate()).rewind();
        return manager.create(direct, shape(tensor), type(tensor));
    }

    private static Shape shape(NamedTensor tensor) {
        return new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
    }

    private static DataType type(NamedTensor tensor) {
        return tensor.type() == NamedTensor.Type.F32 ? DataType.FLOAT32 : DataType.INT64;
    }
}
