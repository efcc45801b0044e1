package dev.reflux.lab.learning;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;

/** Creates the initial student of a seed, which is equal for every method. */
final class Students {

    private final TorchRuntime runtime;
    private final Path card;
    private final LabelSchema schema;

    Students(TorchRuntime runtime, Path card, LabelSchema schema) {
        this.runtime = runtime;
        this.card = card;
        this.schema = schema;
    }

    /** @throws UsageException if the student has other classes than the stream */
    SegmentationModel untrained(int seed) {
        SegmentationModel student = SegmentationModel.load(runtime, card, SegmentationModel.Mode.TRAINING);
        try {
            boolean fits = student.card().labelSchema().id().equals(schema.id()) || student.resetClasses(schema, seed);
            if (!fits) {
                throw new UsageException("The student " + student.card().name() + " has the classes of "
                        + student.card().labelSchema().id() + " and cannot be given those of " + schema.id()
                        + "; give a --student of that schema.");
            }
            student.resetParameters(seed);
            return student;
        } catch (RuntimeException e) {
            student.close();
            throw e;
        }
    }
}
