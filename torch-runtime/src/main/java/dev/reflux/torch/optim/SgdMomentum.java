package dev.reflux.torch.optim;

import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.TorchScriptHelper;
import java.util.List;

/**
 * Stochastic gradient descent with momentum, as {@code torch.optim.SGD(dampening=0)}: g ← g + wd·p; m ← momentum·m + g
 * (m ← g on the first step); p ← p − lr·m, with Nesterov p ← p − lr·(g + momentum·m).
 *
 * <p>Threading: one owner thread.
 */
public final class SgdMomentum implements Optimizer {

    /**
     * The hyperparameters.
     *
     * @param momentum the decay of the accumulated gradient, in [0, 1)
     * @param weightDecay wd, at least 0; wd·p is added to the gradient
     * @param nesterov whether the step uses the momentum after this gradient (Nesterov)
     */
    public record Settings(double momentum, double weightDecay, boolean nesterov) {

        /** Momentum 0.9, weight decay 1e-4, no Nesterov. */
        public static final Settings DEFAULT = new Settings(0.9, 1e-4, false);

        public Settings {
            if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0) || (nesterov && momentum == 0)) {
                throw new IllegalArgumentException(
                        "momentum must be in [0, 1), weight decay not negative, and Nesterov needs momentum");
            }
        }
    }

    private static final String MOMENTUM = "momentum";

    private final TorchScriptHelper helper;
    private final Settings settings;
    private final OptimizerState state;

    public SgdMomentum(TorchRuntime runtime, Settings settings) {
        this.helper = runtime.helper();
        this.settings = settings;
        this.state = settings.momentum() == 0
                ? new OptimizerState(runtime, "sgd-momentum")
                : new OptimizerState(runtime, "sgd-momentum", MOMENTUM);
    }

    @Override
    public void step(List<PtNDArray> parameters, List<PtNDArray> gradients, double learningRate) {
        boolean first = state.begin(parameters, gradients, false);
        helper.sgd(
                parameters,
                gradients,
                settings.momentum() == 0 ? List.of() : state.slot(MOMENTUM),
                learningRate,
                settings.momentum(),
                settings.weightDecay(),
                settings.nesterov(),
                first);
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
