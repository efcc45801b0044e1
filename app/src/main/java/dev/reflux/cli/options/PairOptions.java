package dev.reflux.cli.options;

import dev.reflux.datasets.DatasetCatalog;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a data set, a teacher and a student. The defaults are the ones that ship with Reflux. */
public final class PairOptions {

    @Option(
            names = "--dataset",
            paramLabel = "D",
            defaultValue = "synthetic",
            description = "Data set: " + DatasetCatalog.FORMS + " (default: ${DEFAULT-VALUE}).")
    private String dataset = "";

    @Option(
            names = "--teacher",
            paramLabel = "CARD",
            description =
                    "Card of the teacher, with its projection head beside it (default: the teacher of the synthetic"
                            + " scenes).")
    private @Nullable Path teacher;

    @Option(
            names = "--student",
            paramLabel = "CARD",
            description = "Card of the student. Weights that are not pre-trained are initialized (default: the CNN;"
                    + " models/student-mobilenet.json starts from ImageNet, models/student-segformer.json is a"
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
