package dev.reflux.benchmarks.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.trainer.distillation.LossInputs;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/**
 * A batch of random tensors, equal for every compared loss.
 *
 * @param inputs inputs of our loss; the student's two tensors require gradients
 * @param labels the same labels as int64, the type that eager PyTorch needs
 */
record LossCase(LossInputs inputs, NDArray labels) {

    private static final int IGNORE = 255;
    private static final float RANGE = 2;

    /** @param ignored part of the cells with label 255, 0..1 */
    static LossCase random(NDManager to, List<Integer> shape, double ignored, long seed) {
        Random random = new Random(seed);
        Shape of = new Shape(shape.stream().mapToLong(Integer::longValue).toArray());
        NDArray student = values(to, of, random);
        NDArray studentProjected = values(to, of, random);
        student.setRequiresGradient(true);
        studentProjected.setRequiresGradient(true);
        NDArray ids = labels(to, of, ignored, random);
        LossInputs inputs =
                new LossInputs(student, values(to, of, random), ids, studentProjected, values(to, of, random), ids);
        return new LossCase(inputs, ids.toType(DataType.INT64, true));
    }

    /** Returns the same tensors detached from the graph, as a loss in closed form needs them. */
    LossInputs withoutGradients() {
        return new LossInputs(
                inputs.student().stopGradient(),
                inputs.teacher(),
                inputs.labels(),
                inputs.studentProjected().stopGradient(),
                inputs.teacherProjected(),
                inputs.projectedLabels());
    }

    private static NDArray values(NDManager to, Shape shape, Random random) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = RANGE * (float) random.nextGaussian();
        }
        return to.create(values, shape);
    }

    private static NDArray labels(NDManager to, Shape shape, double ignored, Random random) {
        int cells = Math.toIntExact(shape.get(0) * shape.get(2) * shape.get(3));
        ByteBuffer ids = ByteBuffer.allocateDirect(cells);
        for (int i = 0; i < cells; i++) {
            ids.put((byte) (random.nextDouble() < ignored ? IGNORE : random.nextInt((int) shape.get(1))));
        }
        return to.create(ids.rewind(), new Shape(shape.get(0), shape.get(2), shape.get(3)), DataType.UINT8);
    }
}
