package dev.reflux.torch.optim;

import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.TorchScriptHelper;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), as {@code torch.optim.AdamW}: p ← p·(1 − lr·wd);
 * m ← β1·m + (1 − β1)·g; v ← β2·v + (1 − β2)·g²; p ← p − lr · (m / (1 − β1ᵗ)) / (√(v / (1 − β2ᵗ)) + ε).
 *
 * <p>Threading: one owner thread.
 */
public final class AdamW implements Optimizer {

    /**
     * The hyperparameters.
     *
     * @param beta1 the decay of the first moment, in [0, 1)
     * @param beta2 the decay of the second moment, in [0, 1)
     * @param weightDecay wd, at least 0
     * @param epsilon ε, above 0
     * @param decayVectors whether parameters of one dimension (biases, scales of norms) decay too, as in PyTorch
     */
    public record Settings(double beta1, double beta2, double weightDecay, double epsilon, boolean decayVectors) {

        /** The defaults of {@code torch.optim.AdamW}. */
        public static final Settings DEFAULT = new Settings(0.9, 0.999, 0.01, 1e-8, true);

        public Settings {
            if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(weightDecay >= 0) || !(epsilon > 0)) {
                throw new IllegalArgumentException(
                        "betas must be in [0, 1), weight decay not negative and epsilon positive");
            }
        }
    }

    private static final String FIRST = "first";
    private static final String SECOND = "second";
    private static final String STEP = "step";

    private final TorchScriptHelper helper;
    private final Settings settings;
    private final OptimizerState state;

    public AdamW(TorchRuntime runtime, Settings settings) {
        this.helper = runtime.helper();
        this.settings = settings;
        this.state = new OptimizerState(runtime, "adamw", FIRST, SECOND, STEP);
    }

    @Override
    public void step(List<PtNDArray> parameters, List<PtNDArray> gradients, double learningRate) {
        state.begin(parameters, gradients, true);
        if (settings.decayVectors()) {
            update(all(parameters.size()), parameters, gradients, learningRate, settings.weightDecay());
            return;
        }
        List<Integer> decaying = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            (parameters.get(i).getShape().dimension() > 1 ? decaying : others).add(i);
        }
        update(decaying, parameters, gradients, learningRate, settings.weightDecay());
        update(others, parameters, gradients, learningRate, 0);
    }

    private void update(
            List<Integer> which, List<PtNDArray> parameters, List<PtNDArray> gradients, double lr, double decay) {
        helper.adamw(
                pick(which, parameters),
                pick(which, gradients),
                pick(which, state.slot(FIRST)),
                pick(which, state.slot(SECOND)),
                pick(which, state.slot(STEP)),
                lr,
                settings.beta1(),
                settings.beta2(),
                decay,
                settings.epsilon());
    }

    private static List<Integer> all(int size) {
        return java.util.stream.IntStream.range(0, size).boxed().toList();
    }

    private static List<PtNDArray> pick(List<Integer> which, List<PtNDArray> from) {
        return which.stream().map(from::get).toList();
    }

    @Override
    public long steps() {
        return state.steps();
    }

    @Override
    public byte[] exportState() {
        return state.export();
    }

    @Override
    public void importState(byte[] bytes) {
        state.restore(bytes);
    }

    @Override
    public void close() {
        state.close();
    }
}
