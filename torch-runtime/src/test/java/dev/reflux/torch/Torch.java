package dev.reflux.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small conveniences of the tests. */
public final class Torch {

    private Torch() {}

    public static TorchRuntime cpu() {
        return TorchRuntime.start(new TorchOptions(2, "cpu"));
    }

    public static PtNDArray floats(NDManager manager, long[] shape, float... values) {
        return (PtNDArray) manager.create(values, new Shape(shape));
    }

    public static float[] random(int seed, int size, double scale) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }

    public static PtNDArray random(NDManager manager, int seed, long... shape) {
        return floats(manager, shape, random(seed, (int) new Shape(shape).size(), 1));
    }

    public static List<float[]> values(List<? extends NDArray> tensors) {
        List<float[]> values = new ArrayList<>();
        tensors.forEach(t ->
                values.add(t.toType(ai.djl.ndarray.types.DataType.FLOAT32, true).toFloatArray()));
        return values;
    }
}
