package dev.reflux.torch.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.ScriptModule;
import dev.reflux.torch.script.ScriptTensor;
import dev.reflux.torch.weights.NamedTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A projection head that is trained: Z = BN(conv1x1(F)) (HeteroAKD, Huang et al., AAAI 2025), features [N,F,h,w] → [N,C,h,w].
 * It is linear; with {@code relu} it is rectified as in the paper. The convolution has no bias, because batch normalization
 * would remove it.
 *
 * <p>A student's head is trained with the student and then dropped.
 *
 * <p>Threading: one owner thread. Used inside of a {@link dev.reflux.torch.TrainingStep} like a model.
 */
public final class TrainableProjectionHead implements AutoCloseable {

    private static final String METHODS =
            """
            def forward(self: Self, x: Tensor) -> Tensor:
              training = self.training
              y = torch.conv2d(x, self.weight)
              y = torch.batch_norm(y, self.scale, self.shift, self.running_mean, self.running_var, training, 0.1, 1e-05, True)
              return %s
            def buffer_list(self: Self) -> List[Tensor]:
              return [self.running_mean, self.running_var]
            def buffer_names(self: Self) -> List[str]:
              return ["running_mean", "running_var"]
            """;

    private static final double EPSILON = 1e-5;

    private final TorchModule module;
    private final int features;
    private final int classes;
    private final boolean relu;

    private TrainableProjectionHead(TorchModule module, int features, int classes, boolean relu) {
        this.module = module;
        this.features = features;
        this.classes = classes;
        this.relu = relu;
    }

    /**
     * Creates a head.
     *
     * @param features the number of feature channels, F
     * @param classes the number of classes, C
     * @param relu whether Z is rectified
     * @param seed the seed of the initial weights, which are uniform in ±1/√F as in PyTorch's convolution
     */
    public static TrainableProjectionHead create(
            TorchRuntime runtime, int features, int classes, boolean relu, long seed) {
        float[] ones = new float[classes];
        Arrays.fill(ones, 1);
        byte[] archive = ScriptModule.of("Projection", METHODS.formatted(relu ? "torch.relu(y)" : "y"))
                .withParameters(
                        new ScriptTensor(
                                "weight", new long[] {classes, features, 1, 1}, uniform(seed, features, classes)),
                        new ScriptTensor("scale", new long[] {classes}, ones),
                        new ScriptTensor("shift", new long[] {classes}, new float[classes]))
                .withBuffers(
                        new ScriptTensor("running_mean", new long[] {classes}, new float[classes]),
                        new ScriptTensor("running_var", new long[] {classes}, ones.clone()))
                .archive();
        return new TrainableProjectionHead(TorchModule.load(runtime, archive, true), features, classes, relu);
    }

    private static float[] uniform(long seed, int features, int classes) {
        Random random = new Random(seed);
        float bound = (float) (1 / Math.sqrt(features));
        float[] weight = new float[classes * features];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = bound * (2 * random.nextFloat() - 1);
        }
        return weight;
    }

    /** Returns Z by the running statistics, unrecorded. */
    public NDArray forward(NDManager to, NDArray featureMap) {
        return module.infer(to, featureMap).singletonOrThrow();
    }

    /** Returns Z by the statistics of the batch and updates the running ones. Recorded inside of a training step. */
    public NDArray forwardTraining(NDManager to, NDArray featureMap) {
        return module.train(to, featureMap).singletonOrThrow();
    }

    /** Returns weight [C,F,1,1], scale [C] and shift [C], live. */
    public List<PtNDArray> parameters() {
        return module.tensors().parameters();
    }

    /** Returns running_mean [C] and running_var [C], live. */
    public List<PtNDArray> buffers() {
        return module.tensors().buffers();
    }

    /** Returns the parameters, then the buffers. */
    public List<PtNDArray> parametersAndBuffers() {
        List<PtNDArray> both = new ArrayList<>(parameters());
        both.addAll(buffers());
        return List.copyOf(both);
    }

    /** Returns F. */
    public int features() {
        return features;
    }

    /** Returns C. */
    public int classes() {
        return classes;
    }

    /** Returns whether Z is rectified. */
    public boolean relu() {
        return relu;
    }

    /** Returns parameters and buffers as a safetensors file. */
    public byte[] safetensors() {
        return module.tensors().safetensors(Map.of());
    }

    /**
     * Overwrites parameters and buffers with the result of {@link #safetensors}.
     *
     * @throws IllegalArgumentException if it is of another head
     */
    public void restore(byte[] safetensors) {
        module.restore(safetensors);
    }

    /**
     * Returns the head as it infers now, with batch normalization folded into weight and bias: w' = w·scale/√(var + ε), b' =
     * shift − mean·scale/√(var + ε).
     *
     * @param notes how the head was made, for people
     */
    public ProjectionHeadFile freeze(String teacherId, String labelSchemaId, Map<String, String> notes) {
        Map<String, float[]> values = new HashMap<>();
        for (NamedTensor tensor : module.tensors().copies()) {
            values.put(tensor.name(), tensor.floats());
        }
        float[] weight = value(values, "weight");
        float[] scale = value(values, "scale");
        float[] shift = value(values, "shift");
        float[] mean = value(values, "running_mean");
        float[] variance = value(values, "running_var");
        float[] bias = new float[classes];
        for (int c = 0; c < classes; c++) {
            double factor = scale[c] / Math.sqrt(variance[c] + EPSILON);
            for (int f = 0; f < features; f++) {
                weight[c * features + f] = (float) (weight[c * features + f] * factor);
            }
            bias[c] = (float) (shift[c] - mean[c] * factor);
        }
        return ProjectionHeadFile.of(teacherId, labelSchemaId, weight, bias, relu, notes);
    }

    private static float[] value(Map<String, float[]> values, String name) {
        return java.util.Objects.requireNonNull(values.get(name), name);
    }

    @Override
    public void close() {
        module.close();
    }
}
