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
 * One batch of random tensors, the same for every rival.
 *
 * @param inputs as our loss takes them; the student's two tensors take gradients
 * @param labels the inputs' labels as int64, as eager PyTorch takes them
 */
record LossCase(LossInputs inputs, NDArray labels) {

    private static final int IGNORE = 255;
    private static final float RANGE = 2;

    /** @param ignored part of the cells whose label is 255 */
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

    /** The same tensors outside of any graph: what a loss in closed form is given. */
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
