package dev.reflux.cli;

import dev.reflux.cli.options.DatasetOption;
import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.folder.FolderExport;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a data set in the layout of {@code folder:PATH}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write a data set as a folder that \"--dataset folder:PATH\" reads: images/, labels/,"
                + " classes.json and splits/.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux dataset export --dataset synthetic --frames 60 --out my-frames",
            "  reflux dataset export --dataset cityscapes:DIR --out cityscapes-folder",
        })
final class DatasetExportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private DatasetOption dataset = new DatasetOption();

    @Option(
            names = "--frames",
            paramLabel = "N",
            description = "Number of frames of each split, evenly spread over it (default: all).")
    private @Nullable Integer frames;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder to write; it must be absent or empty.")
    private Path out = Path.of(".");

    @Override
    public Integer call() {
        if (frames != null && frames < 1) {
            throw new UsageException("--frames is " + frames + "; give a number above 0.");
        }
        Dataset source = dataset.open();
        FolderExport export = new FolderExport(source, frames == null ? 0 : frames);
        Console console = Console.of(spec.commandLine().getErr());
        Progress progress = new Progress(console);
        int count = export.count();
        export.write(out, done -> progress.show("export", done, count, ""));
        console.done();
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %d frames of %s, label schema %s with %d classes%n",
                        out,
                        count,
                        source.size(),
                        source.schema().id(),
                        source.schema().classCount());
        return 0;
    }
}
