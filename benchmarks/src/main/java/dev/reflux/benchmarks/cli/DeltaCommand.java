package dev.reflux.benchmarks.cli;

import dev.reflux.benchmarks.delta.DeltaBench;
import dev.reflux.benchmarks.delta.DeltaReport;
import dev.reflux.benchmarks.delta.DeltaResult;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.StoreOptions;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.quickstart.evaluate.StudentScore;
import dev.reflux.torch.TorchRuntime;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code reflux bench delta}: the bytes that a vehicle fetches from version to version. */
@Command(
        name = "delta",
        mixinStandardHelpOptions = true,
        description = "Measure bytes, times and mIoU of exact and lossy deltas between the versions of a training run,"
                + " beside zstd of the whole file, zstd --patch-from and byte differences as in bsdiff. The command"
                + " needs a run: give --local or a store.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux quickstart --out run && reflux bench delta --local run --dataset synthetic",
            "  reflux bench delta --local run --dataset camvid:DIR --out results",
        })
public final class DeltaCommand implements BenchmarkCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "student",
            description = "Name of the model (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(
            names = "--dataset",
            paramLabel = "D",
            defaultValue = "synthetic",
            description = "Data set on whose test split students are scored: " + DatasetCatalog.FORMS
                    + " (default: ${DEFAULT-VALUE}).")
    private String dataset = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder that gets delta.json and delta.md (default: none is written).")
    private @Nullable Path folder;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Dataset frames = DatasetCatalog.open(dataset);
        frames.count("test");
        if (store.registry().isPresent()) {
            throw new UsageException("The bench adds deltas and cannot use --registry; give --local DIR or a store.");
        }
        Path scratch = Files.createTempDirectory("reflux-bench");
        try (StoreOptions.Opened opened = store.open();
                TorchRuntime runtime = TorchRuntime.start(torch.options())) {
            StudentScore score = new StudentScore(runtime, frames);
            opened.reader().require(model, "latest");
            DeltaResult result =
                    TorchWork.run(new DeltaBench(
                            opened.registry(),
                            model,
                            scratch,
                            card -> 100 * score.miou(card),
                            step -> out.println("  " + step))::run);
            out.println();
            out.println(DeltaReport.text(result));
            Optional.ofNullable(folder).ifPresent(to -> DeltaReport.write(result, to));
            return 0;
        } finally {
            for (Path file : Files.list(scratch).toList()) {
                Files.delete(file);
            }
            Files.delete(scratch);
        }
    }
}
