package dev.reflux.lab.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.benchmarks.report.Machine;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.ShippedModels;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.evaluation.plot.HeatMap;
import dev.reflux.lab.cka.CkaBenchmark;
import dev.reflux.lab.cka.CkaSettings;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code reflux bench cka}: how similar the representations of teacher and student are. */
@Command(
        name = "cka",
        mixinStandardHelpOptions = true,
        description = "Measure the similarity of teacher and student by linear CKA between their stages.",
        footerHeading = "%nThe folder --out gets cka.json and a heat map, cka.svg.%n%nExamples:%n",
        footer = {
            "  reflux bench cka --student run/vehicle/current/student.json",
            "  reflux bench cka --dataset camvid:DIR --teacher CARD --student CARD --frames 60",
        })
public final class CkaCommand implements BenchmarkCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--dataset",
            paramLabel = "D",
            defaultValue = "synthetic",
            description = "Data set: " + DatasetCatalog.FORMS + " (default: ${DEFAULT-VALUE}).")
    private String dataset = "";

    @Option(
            names = "--split",
            defaultValue = "test",
            description = "Split of the data set (default: ${DEFAULT-VALUE}).")
    private String split = "";

    @Option(
            names = "--teacher",
            paramLabel = "CARD",
            description = "Card of the teacher (default: the teacher of the synthetic scenes).")
    private @Nullable Path teacher;

    @Option(names = "--student", paramLabel = "CARD", required = true, description = "Card of a trained student.")
    private Path student = Path.of(".");

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "40",
            description = "Number of frames, evenly spread over the split (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench-cka",
            description = "Folder for the figures (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        Progress progress = new Progress(Console.of(spec.commandLine().getErr()));
        Path teacherCard = teacher == null ? ShippedModels.card("teacher-synthetic") : teacher;
        CkaSettings settings = new CkaSettings(
                dataset,
                split,
                teacherCard,
                student,
                ModelCard.read(teacherCard).input().size(),
                frames,
                torch.options());
        CkaBenchmark.Figures figures = TorchWork.run(() ->
                new CkaBenchmark(settings).run(done -> progress.show("frames", done, Math.max(done, frames), "")));
        spec.commandLine().getOut().println(figures.table());
        spec.commandLine().getOut().println(figures.frames() + " frames; " + Machine.here());
        write(figures);
        return 0;
    }

    private void write(CkaBenchmark.Figures figures) {
        try {
            Files.createDirectories(out);
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(
                            out.resolve("cka.json").toFile(), Map.of("machine", Machine.here(), "figures", figures));
            Files.writeString(out.resolve("cka.svg"), heatMap(figures).file());
        } catch (IOException e) {
            throw new UsageException("The folder " + out + " cannot be written; choose another --out.", e);
        }
    }

    private static HeatMap heatMap(CkaBenchmark.Figures figures) {
        List<Map<String, Double>> rows = List.copyOf(figures.cka().values());
        return new HeatMap(
                "Linear CKA, " + figures.teacher() + " (rows) and " + figures.student() + " (columns)",
                List.copyOf(figures.cka().keySet()),
                List.copyOf(rows.get(0).keySet()),
                rows.stream()
                        .map(row -> row.values().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray())
                        .toArray(double[][]::new));
    }
}
