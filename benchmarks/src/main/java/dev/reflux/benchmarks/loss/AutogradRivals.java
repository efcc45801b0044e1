package dev.reflux.benchmarks.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;
import dev.reflux.trainer.distillation.LossInputs;
import java.util.List;
import java.util.function.Function;

/** The losses whose gradients autograd computes. Confined to the training thread. */
final class AutogradRivals implements AutoCloseable {

    private final TorchRuntime runtime;
    private final LoadedScript script;

    AutogradRivals(TorchRuntime runtime) {
        this.runtime = runtime;
        this.script = ScriptModule.of("Rivals", RivalScript.METHODS).load(runtime.manager());
    }

    /** Returns the milliseconds of forward and backward of our formulas. */
    double autograd(LossCase of, float ce, float kd, float hakd, float bce) {
        return millis(of, scratch -> total(scratch, of, new float[] {ce, kd, hakd, bce}));
    }

    /** Returns the milliseconds of forward and backward of the article's listing. */
    double listing(LossCase of) {
        LossInputs in = of.inputs();
        return millis(of, scratch -> script.apply(
                        scratch,
                        "listing",
                        in.student(),
                        in.teacher(),
                        of.labels(),
                        in.studentProjected(),
                        in.teacherProjected())
                .singletonOrThrow());
    }

    /** Returns the gradients of the weighted terms by autograd: with respect to the student's logits and to its projected logits. */
    List<float[]> gradients(LossCase of, float ce, float kd, float hakd, float bce) {
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            step.backward(total(step.manager(), of, new float[] {ce, kd, hakd, bce}));
            return step.gradients(leaves(of)).stream()
                    .map(NDArray::toFloatArray)
                    .toList();
        }
    }

    private NDArray total(NDManager to, LossCase of, float[] weights) {
        LossInputs in = of.inputs();
        return script.apply(
                        to,
                        "autograd",
                        in.student(),
                        in.teacher(),
                        of.labels(),
                        in.studentProjected(),
                        in.teacherProjected(),
                        of.labels(),
                        to.create(weights))
                .singletonOrThrow();
    }

    private double millis(LossCase of, Function<NDManager, NDArray> loss) {
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            long start = System.nanoTime();
            step.backward(loss.apply(step.manager()));
            double millis = (System.nanoTime() - start) / 1e6;
            step.gradients(leaves(of));
            return millis;
        }
    }

    private static List<PtNDArray> leaves(LossCase of) {
        return List.of(
                (PtNDArray) of.inputs().student(), (PtNDArray) of.inputs().studentProjected());
    }

    @Override
    public void close() {
        script.close();
    }
}
