package dev.reflux.cli;

import dev.reflux.audit.Audit;
import dev.reflux.audit.AuditReport;
import dev.reflux.audit.AuditSettings;
import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.launch.Failures;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what became of every frame. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description =
                "Say from the log and the registry what became of every frame: trained, held out, a duplicate, set"
                        + " aside, dead-lettered or pending. Needs no running service and changes nothing. The exit code is 1"
                        + " if something was lost, happened twice, or contradicts.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux audit --model student",
            "  reflux audit --bootstrap-servers kafka:9092 --registry https://registry:8443 --json audit.json",
        })
final class AuditCommand implements Callable<Integer> {

    private static final long SILENT_NANOS = 2_000_000_000L;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "student",
            description = "Name of the model (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(
            names = "--teacher-group",
            paramLabel = "NAME",
            defaultValue = "reflux-teacher",
            description = "Consumer group of the teachers, whose committed offsets say which frames wait for them"
                    + " (default: ${DEFAULT-VALUE}).")
    private String group = "";

    @Option(names = "--json", paramLabel = "FILE", description = "File for the report as JSON, with every frame.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = store.open()) {
            AuditReport report =
                    new Audit(AuditSettings.of(kafka.settings(), model, group), opened.source(), this::progress).run();
            if (json != null) {
                try (OutputStream out = Files.newOutputStream(json)) {
                    report.write(out);
                }
            }
            PrintWriter out = spec.commandLine().getOut();
            report.print(out);
            return report.faults().isEmpty() ? 0 : Failures.FAILED;
        }
    }

    private long toldAt = System.nanoTime();

    private void progress(String topic, long records) {
        if (System.nanoTime() - toldAt > SILENT_NANOS) {
            toldAt = System.nanoTime();
            spec.commandLine().getErr().println(topic + ": " + records + " records read");
        }
    }
}
