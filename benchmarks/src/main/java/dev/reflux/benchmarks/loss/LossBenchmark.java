package dev.reflux.benchmarks.loss;

import ai.djl.ndarray.NDManager;
import dev.reflux.benchmarks.report.PytorchFigures;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.trainer.distillation.HeteroAkdLoss;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.LossTerms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares the loss with the article's listing and with autograd of the same formulas: same tensors, same threads, same
 * process, round by round. Stored figures of plain PyTorch are reported beside them.
 */
public final class LossBenchmark {

    /** The published shapes: Cityscapes at stride 8, CamVid at 8, the synthetic scenes at 4, a large one. */
    public static final List<List<Integer>> SHAPES =
            List.of(List.of(4, 19, 64, 128), List.of(8, 11, 45, 60), List.of(8, 9, 40, 64), List.of(2, 19, 128, 256));

    private static final int WARM_UP_ROUNDS = 3;
    private static final long SEED = 1;
    private static final double IGNORED = 0.1;

    private final TorchOptions torch;
    private final List<List<Integer>> shapes;
    private final int rounds;
    private final Consumer<String> progress;

    /**
     * @param shapes the shapes, each N, C, h, w
     * @param rounds number of rounds for each shape, at least 1
     * @param progress receives a line of progress
     */
    public LossBenchmark(TorchOptions torch, List<List<Integer>> shapes, int rounds, Consumer<String> progress) {
        this.torch = torch;
        this.shapes = shapes;
        this.rounds = rounds;
        this.progress = progress;
    }

    public LossFigures run() {
        PytorchFigures stored = PytorchFigures.stored();
        List<LossFigures.OfShape> figures = new ArrayList<>();
        try (TorchRuntime runtime = TorchRuntime.start(torch);
                HeteroAkdLoss ours = new HeteroAkdLoss(runtime);
                AutogradRivals rivals = new AutogradRivals(runtime)) {
            for (List<Integer> shape : shapes) {
                figures.add(measured(runtime, ours, rivals, shape, stored));
            }
            return new LossFigures(torch.threads(), runtime.torchVersion(), stored.source(), figures);
        }
    }

    private LossFigures.OfShape measured(
            TorchRuntime runtime,
            HeteroAkdLoss ours,
            AutogradRivals rivals,
            List<Integer> shape,
            PytorchFigures stored) {
        List<Double> own = new ArrayList<>();
        List<Double> autograd = new ArrayList<>();
        List<Double> listing = new ArrayList<>();
        try (NDManager tensors = runtime.manager().newSubManager()) {
            LossCase labelled = LossCase.random(tensors, shape, 0, SEED);
            LossInputs plain = labelled.withoutGradients();
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                progress.accept(
                        String.format(Locale.ROOT, "loss %s  round %d/%d", shape, Math.max(0, round + 1), rounds));
                double ownMillis = millis(runtime, ours, plain);
                double autogradMillis = rivals.autograd(labelled, 1, 0.1f, 10, 1);
                double listingMillis = rivals.listing(labelled);
                if (round >= 0) {
                    own.add(ownMillis);
                    autograd.add(autogradMillis);
                    listing.add(listingMillis);
                }
            }
            LossCase ignoring = LossCase.random(tensors, shape, IGNORED, SEED);
            return LossFigures.beside(stored, shape, own, autograd, listing, errors(tensors, ours, rivals, ignoring));
        }
    }

    private static double millis(TorchRuntime runtime, HeteroAkdLoss ours, LossInputs in) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            long start = System.nanoTime();
            ours.of(scratch, LossSettings.standard(), in);
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static Map<String, Double> errors(NDManager to, HeteroAkdLoss ours, AutogradRivals rivals, LossCase of) {
        LossInputs in = of.withoutGradients();
        float[] ce = ours.of(to, weights(0, 0, 0), in).logitsGradient().toFloatArray();
        float[] withKd = ours.of(to, weights(1, 0, 0), in).logitsGradient().toFloatArray();
        LossTerms hakd = ours.of(to, weights(0, 1, 0), in);
        LossTerms bce = ours.of(to, weights(0, 0, 1), in);
        Map<String, Double> errors = new LinkedHashMap<>();
        errors.put("ce", error(ce, rivals.gradients(of, 1, 0, 0, 0).get(0)));
        errors.put(
                "kd",
                error(difference(withKd, ce), rivals.gradients(of, 0, 1, 0, 0).get(0)));
        errors.put(
                "hakd",
                error(
                        hakd.projectedGradient().toFloatArray(),
                        rivals.gradients(of, 0, 0, 1, 0).get(1)));
        errors.put(
                "bce",
                error(
                        bce.projectedGradient().toFloatArray(),
                        rivals.gradients(of, 0, 0, 0, 1).get(1)));
        return errors;
    }

    private static LossSettings weights(double kd, double hakd, double projection) {
        return new LossSettings(kd, hakd, projection, 1, KemAxis.PIXELS, true, true, 1);
    }

    private static float[] difference(float[] left, float[] right) {
        float[] difference = new float[left.length];
        for (int i = 0; i < left.length; i++) {
            difference[i] = left[i] - right[i];
        }
        return difference;
    }

    private static double error(float[] actual, float[] expected) {
        double off = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            off += Math.pow((double) actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(off / size);
    }
}
