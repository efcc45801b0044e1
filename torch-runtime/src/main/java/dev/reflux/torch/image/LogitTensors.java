package dev.reflux.torch.image;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Converts between tensors [N,C,h,w] and the maps of single frames [C,h,w]. On the thread that owns the tensor. */
public final class LogitTensors {

    private LogitTensors() {}

    /**
     * Returns the values of a tensor, row-major. The result is a view of the tensor's memory if that is contiguous and on the
     * CPU, otherwise of a copy that belongs to the tensor's manager. It must not be written to, and is valid while the tensor
     * and its manager are open.
     *
     * @param tensor float32
     */
    public static FloatBuffer view(NDArray tensor) {
        requireFloat(tensor);
        return tensor.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /** Returns the frames of [N,C,h,w], each a part of {@link #view}. */
    public static List<FloatBuffer> frames(NDArray tensor) {
        TensorShape shape = shape(tensor);
        FloatBuffer all = view(tensor);
        List<FloatBuffer> frames = new ArrayList<>();
        for (int n = 0; n < tensor.getShape().get(0); n++) {
            frames.add(all.slice(n * shape.size(), shape.size()));
        }
        return frames;
    }

    /** Returns the shape of one frame of [N,C,h,w]. */
    public static TensorShape shape(NDArray tensor) {
        requireFloat(tensor);
        long[] s = tensor.getShape().getShape();
        if (s.length != 4) {
            throw new IllegalArgumentException("a tensor of " + tensor.getShape() + " is not [N,C,h,w]");
        }
        return new TensorShape((int) s[1], (int) s[2], (int) s[3]);
    }

    /** Returns copies of the frames of [N,C,h,w]. */
    public static List<LogitMap> maps(NDArray tensor) {
        TensorShape shape = shape(tensor);
        try (NDManager scratch = tensor.getManager().newSubManager()) {
            NDArray alias = tensor.transpose(0, 1, 2, 3);
            alias.attach(scratch);
            List<LogitMap> maps = new ArrayList<>();
            for (FloatBuffer frame : frames(alias)) {
                float[] values = new float[shape.size()];
                frame.get(0, values);
                maps.add(new LogitMap(shape, values));
            }
            return maps;
        }
    }

    /**
     * Returns maps as one tensor [N,C,h,w].
     *
     * @param memory the memory of the tensor on the CPU
     * @param maps at least one map, all of one shape
     */
    public static NDArray batch(NDManager manager, DirectMemory memory, List<LogitMap> maps) {
        TensorShape shape = maps.get(0).shape();
        ByteBuffer bytes = memory.of(Math.multiplyExact(Float.BYTES * maps.size(), shape.size()));
        FloatBuffer floats = bytes.asFloatBuffer();
        for (LogitMap map : maps) {
            if (!map.shape().equals(shape)) {
                throw new IllegalArgumentException("maps of " + shape + " and " + map.shape() + " make no batch");
            }
            floats.put(map.values());
        }
        return manager.create(
                bytes, new Shape(maps.size(), shape.classes(), shape.height(), shape.width()), DataType.FLOAT32);
    }

    private static void requireFloat(NDArray tensor) {
        if (tensor.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("a tensor of " + tensor.getDataType() + " is not of floats");
        }
    }
}
