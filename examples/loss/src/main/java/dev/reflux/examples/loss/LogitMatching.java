package dev.reflux.examples.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.DistillationTerm;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossSettings;

/**
 * Logit matching (Ba and Caruana, NIPS 2014, arXiv 1312.6184, Eq. 1): the student's final logits s are drawn towards the
 * teacher's t by their mean squared error, L = 1/(N·C·h·w) · Σ (s − t)², with the gradient 2/(N·C·h·w)·(s − t).
 *
 * @param weight the weight of L, above 0
 */
public record LogitMatching(double weight) implements DistillationMethod {

    @Override
    public LossSettings builtIn() {
        return LossSettings.labelsOnly(0);
    }

    @Override
    public DistillationTerm open(TorchRuntime runtime) {
        return this::add;
    }

    @Override
    public boolean usesLogits() {
        return true;
    }

    @Override
    public boolean usesProjected() {
        return false;
    }

    /** Plain tensor operations suffice here; a term of many operations writes them as a TorchScript instead. */
    private DistillationTerm.Value add(NDManager to, LossInputs in, NDArray logitsGradient, NDArray projectedGradient) {
        long values = in.student().size();
        try (NDManager scratch = to.newSubManager()) {
            NDArray difference = in.student().sub(in.teacher());
            difference.attach(scratch);
            NDArray squares = difference.square();
            squares.attach(scratch);
            NDArray sum = squares.sum();
            sum.attach(scratch);
            logitsGradient.addi(difference.muli(2 * weight / values));
            return DistillationTerm.Value.of(sum.getFloat() / values, weight);
        }
    }
}
