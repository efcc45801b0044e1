package dev.reflux.teacher.heads;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.TorchScriptHelper;
import java.util.List;

/**
 * One regularized logistic regression for each class, all on the same standardized cells x:
 *
 * <pre>J_c(w, b) = Σ_i ω_i · [softplus(z_ic) − y_ic · z_ic] / Σ_i ω_i + λ/2 · |w|²,   z_ic = w·x_i + b</pre>
 *
 * <p>Products are computed in float32 by PyTorch, sums over blocks in float64. The cells are standardized in place, once. One
 * thread.
 */
final class LogisticObjective implements LockstepLbfgs.Objective, AutoCloseable {

    private static final String SCRIPT =
            """
            def moments(self: Self, x: Tensor, o: Tensor) -> Tensor:
              d = torch.to(x, 7)
              w = torch.unsqueeze(torch.to(o, 7), 1)
              first = torch.sum(torch.mul(d, w), [0])
              second = torch.sum(torch.mul(torch.mul(d, d), w), [0])
              return torch.stack([first, second])
            def standardize(self: Self, x: Tensor, mean: Tensor, scale: Tensor) -> int:
              _0 = torch.mul_(torch.sub_(x, mean), scale)
              return 0
            def evaluate(self: Self, total: Tensor, x: Tensor, y: Tensor, o: Tensor, w: Tensor, b: Tensor) -> int:
              z = torch.addmm(b, x, torch.t(w))
              hot = torch.to(torch.eq(torch.unsqueeze(y, 1), torch.arange(torch.size(w, 0), device=y.device)), 6)
              weight = torch.unsqueeze(o, 1)
              loss = torch.mul(torch.sub(torch.softplus(z), torch.mul(hot, z)), weight)
              g = torch.mul(torch.sub(torch.sigmoid(z), hot), weight)
              gw = torch.to(torch.mm(torch.t(g), x), 7)
              gb = torch.unsqueeze(torch.sum(torch.to(g, 7), [0]), 1)
              sums = torch.unsqueeze(torch.sum(torch.to(loss, 7), [0]), 1)
              _1 = torch.add_(total, torch.cat([gw, gb, sums], 1))
              return 0
            def scores(self: Self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
              return torch.addmm(b, x, torch.t(w))
            """;

    private final NDManager manager;
    private final LoadedScript script;
    private final List<FeatureCells.Block> blocks;
    private final int classes;
    private final int features;
    private final double totalWeight;
    private double l2;

    /** @param cells the cells of the fit; none may be added afterwards */
    LogisticObjective(TorchRuntime runtime, FeatureCells cells, int classes) {
        this.manager = runtime.manager().newSubManager();
        this.script = TorchScriptHelper.load(manager, "Logistic", SCRIPT);
        this.blocks = cells.blocks();
        this.classes = classes;
        this.features = cells.features();
        double sum = 0;
        for (FeatureCells.Block block : blocks) {
            for (float weight : block.weights().toFloatArray()) {
                sum += weight;
            }
        }
        this.totalWeight = sum;
    }

    /** Sets λ, 0 at first. Above 0 each function has exactly one minimum. */
    void penalize(double penalty) {
        l2 = penalty;
    }

    /** Returns the weighted mean and standard deviation of each feature. A constant feature has deviation 0. */
    Standardization moments() {
        double[] mean = new double[features];
        double[] deviation = new double[features];
        for (FeatureCells.Block block : blocks) {
            try (NDArray both = script.tensor(manager, "moments", block.x(), block.weights())) {
                double[] sums = both.toDoubleArray();
                for (int f = 0; f < features; f++) {
                    mean[f] += sums[f] / totalWeight;
                    deviation[f] += sums[features + f] / totalWeight;
                }
            }
        }
        for (int f = 0; f < features; f++) {
            double variance = deviation[f] - mean[f] * mean[f];
            deviation[f] = variance > 1e-10 * Math.max(1e-10, deviation[f]) ? Math.sqrt(variance) : 0;
        }
        return new Standardization(mean, deviation);
    }

    /** Replaces x by (x − mean) / deviation, and by 0 for a constant feature. */
    void standardize(List<FeatureCells.Block> some, Standardization by) {
        try (NDArray mean = manager.create(by.meanFloats());
                NDArray scale = manager.create(by.scaleFloats())) {
            for (FeatureCells.Block block : some) {
                script.invoke("standardize", block.x(), mean, scale);
            }
        }
    }

    @Override
    public double[] evaluate(double[][] points, double[][] gradients) {
        double[] values = new double[classes];
        try (NDManager scope = manager.newSubManager()) {
            NDArray weight = scope.create(weights(points), new Shape(classes, features));
            NDArray bias = scope.create(biases(points));
            NDArray total = scope.create(new double[classes * (features + 2)], new Shape(classes, features + 2));
            for (FeatureCells.Block block : blocks) {
                script.invoke("evaluate", total, block.x(), block.classes(), block.weights(), weight, bias);
            }
            double[] sums = total.toDoubleArray();
            for (int c = 0; c < classes; c++) {
                values[c] = normalize(points[c], gradients[c], sums, c * (features + 2));
            }
        }
        return values;
    }

    /** Divides the sums by the total weight, adds the penalty, and returns the value. */
    private double normalize(double[] point, double[] gradient, double[] sums, int from) {
        double square = 0;
        for (int f = 0; f < features; f++) {
            gradient[f] = sums[from + f] / totalWeight + l2 * point[f];
            square += point[f] * point[f];
        }
        gradient[features] = sums[from + features] / totalWeight;
        return sums[from + features + 1] / totalWeight + l2 / 2 * square;
    }

    /** Returns Z of the cells of a block, [n, C]. */
    float[] scores(FeatureCells.Block block, double[][] points) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray weight = scope.create(weights(points), new Shape(classes, features));
            NDArray bias = scope.create(biases(points));
            return script.tensor(scope, "scores", block.x(), weight, bias).toFloatArray();
        }
    }

    private float[] weights(double[][] points) {
        float[] weights = new float[classes * features];
        for (int c = 0; c < classes; c++) {
            for (int f = 0; f < features; f++) {
                weights[c * features + f] = (float) points[c][f];
            }
        }
        return weights;
    }

    private float[] biases(double[][] points) {
        float[] biases = new float[classes];
        for (int c = 0; c < classes; c++) {
            biases[c] = (float) points[c][features];
        }
        return biases;
    }

    @Override
    public void close() {
        script.close();
        manager.close();
    }
}
