package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.quickstart.report.HoldoutFigure;
import dev.reflux.registry.format.StudentVersion;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one version. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Show the files, lineage, metrics and settings of a version.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models show student",
            "  reflux models show student latest",
            "  reflux models show student 3 --local run"
        })
final class ModelsShowCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "N|ALIAS",
            defaultValue = "champion",
            description = "Version number or alias (default: ${DEFAULT-VALUE}).")
    private String version = "";

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (StoreOptions.Opened opened = store.open()) {
            StudentVersion found = opened.reader().require(model, version);
            out.printf(
                    Locale.ROOT,
                    "%s version %d, created %s by %s (epoch %d)%n",
                    found.model(),
                    found.version(),
                    found.createdAt(),
                    found.writer(),
                    found.epoch());
            out.println(opened.catalog()
                    .signedBy(found)
                    .map(key -> "signed with key " + key
                            + "; \"fleet pull --trust\" and \"models verify --trust\" check it")
                    .orElse("not signed"));
            out.println("files");
            found.artifacts()
                    .forEach((artifact, blob) -> out.printf(
                            Locale.ROOT, "  %-24s %10d bytes  %s%n", artifact.fileName(), blob.bytes(), blob.sha256()));
            out.println("lineage");
            out.printf(
                    Locale.ROOT,
                    "  parent %d, teacher %s, projection head %s, label schema %s%n",
                    found.lineage().parentVersion(),
                    found.lineage().teacherId(),
                    found.lineage().projectionHeadId(),
                    found.lineage().labelSchemaId());
            out.printf(
                    Locale.ROOT,
                    "  %d frames trained in %d steps, next offsets %s%n",
                    found.lineage().framesTrained(),
                    found.lineage().step(),
                    found.lineage().nextOffsets());
            out.println(
                    HoldoutFigure.of(found.metrics()).isAgreement()
                            ? "metrics; holdout.agreement is that with the teacher and no mIoU, as no held-out frame had a label"
                            : "metrics");
            found.metrics().forEach((name, value) -> out.printf(Locale.ROOT, "  %-40s %.4f%n", name, value));
            out.println("settings");
            found.config().forEach((name, value) -> out.printf("  %-40s %s%n", name, value));
            return 0;
        }
    }
}
