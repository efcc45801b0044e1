package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;

/**
 * The student that training begins with. Immutable.
 *
 * @param card the path of its card
 * @param schema the classes of the stream
 * @param fresh whether its weights are drawn anew
 * @param seed the seed of drawn weights
 */
record StudentFile(Path card, LabelSchema schema, boolean fresh, int seed) {

    /**
     * Loads the student for training, with the classes of the stream.
     *
     * @throws UsageException if the student cannot have these classes
     */
    SegmentationModel load(TorchRuntime runtime) {
        SegmentationModel student = SegmentationModel.load(runtime, card, SegmentationModel.Mode.TRAINING);
        try {
            prepare(student);
            return student;
        } catch (RuntimeException e) {
            student.close();
            throw e;
        }
    }

    private void prepare(SegmentationModel student) {
        if (!student.card().labelSchema().id().equals(schema.id()) && !student.resetClasses(schema, seed)) {
            throw new UsageException("The student " + student.card().name() + " has the classes of "
                    + student.card().labelSchema().id() + " and cannot be given those of " + schema.id()
                    + "; export it with a reset_classes method.");
        }
        if (fresh) {
            student.resetParameters(seed);
        }
    }
}
