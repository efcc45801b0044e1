package dev.reflux.cli.options;

import dev.reflux.datasets.DatasetCatalog;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who teaches whom on what; without a word the teacher that comes with Reflux, the CNN, and the synthetic scenes. */
public final class PairOptions {

    @Option(
            names = "--dataset",
            paramLabel = "D",
            defaultValue = "synthetic",
            description = DatasetCatalog.FORMS + " (default: ${DEFAULT-VALUE}).")
    private String dataset = "";

    @Option(
            names = "--teacher",
            paramLabel = "CARD",
            description =
                    "Card of the teacher, its projection head beside it (default: the one that knows the synthetic"
                            + " scenes).")
    private @Nullable Path teacher;

    @Option(
            names = "--student",
            paramLabel = "CARD",
            description =
                    "Card of the student, whose weights are drawn anew where they are not pre-trained (default: the"
                            + " CNN; models/student-mobilenet.json starts from ImageNet, models/student-segformer.json is a"
                            + " transformer).")
    private @Nullable Path student;

    public String dataset() {
        return dataset;
    }

    public Path teacher() {
        return teacher == null ? ShippedModels.card("teacher-synthetic") : teacher;
    }

    public Path student() {
        return student == null ? ShippedModels.card("student-cnn") : student;
    }
}
