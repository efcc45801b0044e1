package dev.reflux.cli.fleet;

import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.fleet.wanted.WantedList;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the frames that deserve a label. */
@Command(
        name = "wanted",
        mixinStandardHelpOptions = true,
        description =
                "List the frames that a trainer wants labels for, the newest first, or export them for an annotation"
                        + " tool.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fleet wanted --model student --limit 20",
            "  reflux fleet wanted --since P1D --export wanted.csv",
            "  reflux fleet wanted --export tasks.json --format label-studio"
                    + " --image-url https://frames.example/{camera}/{frame}.jpg",
        })
final class FleetWantedCommand implements Callable<Integer> {

    private static final String LINE = "%-21s %-20s %-32s %8s  %s";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "student",
            description = "Name of the model whose trainer wants the labels (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            description = "Only frames that were asked for in this time, such as PT2H or P1D.")
    private @Nullable Duration since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "0",
            description = "Largest number of frames, the newest first; 0 for all (default).")
    private long limit;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description =
                    "Write the list to this file instead of printing it: JSON lines, or CSV if its name ends in .csv.")
    private @Nullable Path export;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = WantedFormat.Converter.class,
            description = "Format of the file, whatever its name: jsonl, csv or label-studio (a list of tasks).")
    private @Nullable WantedFormat format;

    @Option(
            names = "--image-url",
            paramLabel = "TEMPLATE",
            description =
                    "Address of a frame's image, in which {frame} and {camera} stand for the ids; Reflux stores no"
                            + " frames. label-studio needs it.")
    private @Nullable String imageUrl;

    @Override
    public Integer call() {
        Optional<WantedExport> file = Optional.ofNullable(export).map(this::export);
        requireFileFor("--format", format);
        requireFileFor("--image-url", imageUrl);
        if (limit < 0) {
            throw new UsageException("--limit is " + limit + "; give 1 or more, or 0 for all.");
        }
        Optional<Instant> earliest =
                Optional.ofNullable(since).map(age -> Instant.now().minus(age));
        List<WantedLabel> labels = new WantedList(kafka.settings()).read(new WantedList.Filter(model, earliest, limit));
        file.ifPresentOrElse(text -> write(text.text(labels)), () -> print(labels));
        spec.commandLine()
                .getOut()
                .println(labels.size() + (labels.size() == 1 ? " frame" : " frames") + " of model " + model
                        + (labels.size() == 1 ? " deserves" : " deserve") + " a label"
                        + (export == null ? "." : "; the list is in " + export + "."));
        return 0;
    }

    private WantedExport export(Path file) {
        WantedFormat chosen = format == null ? WantedFormat.of(file) : format;
        if (chosen == WantedFormat.LABEL_STUDIO && imageUrl == null) {
            throw new UsageException("A task of label-studio needs the image of its frame; say where it is, such as"
                    + " --image-url https://HOST/{camera}/{frame}.jpg.");
        }
        return new WantedExport(chosen, Optional.ofNullable(imageUrl).map(ImageUrl::new));
    }

    private void requireFileFor(String option, @Nullable Object given) {
        if (given != null && export == null) {
            throw new UsageException(option + " is of a file, and none is written; name it by --export FILE.");
        }
    }

    private void write(String text) {
        Path file = Objects.requireNonNull(export);
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UsageException(
                    "The list cannot be written to " + file + " (" + Cause.of(e) + "); give --export another file.", e);
        }
    }

    private void print(List<WantedLabel> labels) {
        PrintWriter out = spec.commandLine().getOut();
        if (labels.isEmpty()) {
            return;
        }
        out.println(String.format(Locale.ROOT, LINE, "CAPTURED", "CAMERA", "FRAME", "SCORE", "WHY"));
        labels.forEach(label -> out.println(String.format(
                Locale.ROOT,
                LINE,
                WantedExport.capturedAt(label).truncatedTo(ChronoUnit.SECONDS),
                printable(label.getCameraId()),
                printable(label.getFrameId()),
                figure(label.getScore()),
                WantedExport.reasons(label).entrySet().stream()
                        .map(reason -> printable(reason.getKey()) + " " + figure(reason.getValue()))
                        .collect(Collectors.joining(", ")))));
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** An id may hold anything. */
    private static String printable(String id) {
        return id.replaceAll("\\p{Cntrl}", " ");
    }
}
