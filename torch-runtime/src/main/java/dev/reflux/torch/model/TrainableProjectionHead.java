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
 * A projection head that learns: Z = BN(conv1x1(F)) (HeteroAKD, design §3 step 1), features [N,F,h,w] → [N,C,h,w]. Linear
 * by default; with {@code relu} as the paper prints it. The convolution has no bias: normalisation would take it out.
 *
 * <p>A student's head is trained with the student and dropped; a teacher's is fitted, {@linkplain #freeze frozen} and
 * kept. Works inside of a {@link dev.reflux.torch.TrainingStep} like a model. One owner thread.
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
     * @param features F
     * @param classes C
     * @param relu whether Z is cut at zero
     * @param seed of the initial weights: even in ±1/√F, as PyTorch's convolution
     */
    public static TrainableProjectionHead create(
            TorchRuntime runtime, int features, int classes, boolean relu, long seed) {
        float[] ones = new float[classes];
        Arrays.fill(ones, 1);
        byte[] archive = ScriptModule.of("Projection", METHODS.formatted(relu ? "torch.relu(y)" : "y"))
                .withParameters(
                        new ScriptTensor("weight", new long[] {classes, features, 1, 1}, even(seed, features, classes)),
                        new ScriptTensor("scale", new long[] {classes}, ones),
                        new ScriptTensor("shift", new long[] {classes}, new float[classes]))
                .withBuffers(
                        new ScriptTensor("running_mean", new long[] {classes}, new float[classes]),
                        new ScriptTensor("running_var", new long[] {classes}, ones.clone()))
                .archive();
        return new TrainableProjectionHead(TorchModule.load(runtime, archive, true), features, classes, relu);
    }

    private static float[] even(long seed, int features, int classes) {
        Random random = new Random(seed);
        float bound = (float) (1 / Math.sqrt(features));
        float[] weight = new float[classes * features];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = bound * (2 * random.nextFloat() - 1);
        }
        return weight;
    }

    /** Z with the statistics gathered so far, unrecorded. */
    public NDArray forward(NDManager to, NDArray featureMap) {
        return module.infer(to, featureMap).singletonOrThrow();
    }

    /** Z with the batch's statistics, which moves the gathered ones; recorded inside of a training step. */
    public NDArray forwardTraining(NDManager to, NDArray featureMap) {
        return module.train(to, featureMap).singletonOrThrow();
    }

    /** weight [C,F,1,1], scale [C], shift [C]; live. */
    public List<PtNDArray> parameters() {
        return module.tensors().parameters();
    }

    /** running_mean [C], running_var [C]; live. */
    public List<PtNDArray> buffers() {
        return module.tensors().buffers();
    }

    /** Parameters, then buffers. */
    public List<PtNDArray> parametersAndBuffers() {
        List<PtNDArray> both = new ArrayList<>(parameters());
        both.addAll(buffers());
        return List.copyOf(both);
    }

    public int features() {
        return features;
    }

    public int classes() {
        return classes;
    }

    public boolean relu() {
        return relu;
    }

    /** Parameters and buffers, for a checkpoint. */
    public byte[] safetensors() {
        return module.tensors().safetensors(Map.of());
    }

    /**
     * Takes what {@link #safetensors} gave, bit by bit.
     *
     * @throws IllegalArgumentException when it is of another head
     */
    public void restore(byte[] safetensors) {
        module.restore(safetensors);
    }

    /**
     * The head as it infers now, normalisation folded into weight and bias: w' = w·scale/√(var + ε), b' = shift −
     * mean·scale/√(var + ε).
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
