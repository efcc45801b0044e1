package dev.reflux.benchmarks.cli;

import dev.reflux.benchmarks.report.FigureFile;
import dev.reflux.benchmarks.report.Machine;
import dev.reflux.benchmarks.report.PytorchFigures;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.common.failure.UsageException;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.torch.TorchOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that benchmarks share: threads, and the folder of the figures. */
final class BenchOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "2",
            description = "Number of compute threads (default: ${DEFAULT-VALUE}).")
    private int threads = 2;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder that gets the figures as JSON, and the plots (default: none is written).")
    private @Nullable Path out;

    private @Nullable Console console;

    /** The CPU: figures are published of that. */
    TorchOptions torch() {
        return new TorchOptions(threads, "cpu");
    }

    Consumer<String> progress() {
        Console shown = Console.of(spec.commandLine().getErr());
        console = shown;
        return shown::show;
    }

    /** Runs a benchmark; {@linkplain TorchWork Ctrl-C} ends it at once. */
    <T> T run(Supplier<T> benchmark) {
        return TorchWork.run(benchmark);
    }

    /** Prints what was measured and where, and writes it if a folder was given. */
    void tell(String benchmark, Object figures, String text) {
        if (console != null) {
            console.done();
        }
        PrintWriter to = spec.commandLine().getOut();
        to.println(Machine.here());
        to.println();
        to.print(text);
        if (out != null) {
            to.println();
            to.println("written: " + FigureFile.now(benchmark, figures).write(out));
        }
        to.flush();
    }

    /** Says so when plain PyTorch's stored figures are of another machine, or of another number of threads. */
    void warnOfPytorch() {
        PytorchFigures.stored()
                .warning(Machine.here(), threads)
                .ifPresent(warning -> spec.commandLine().getErr().println("reflux: " + warning));
    }

    /** Writes another file of the benchmark, if a folder was given. */
    void write(String name, String content) {
        if (out != null) {
            spec.commandLine().getOut().println("written: " + FigureFile.writeBeside(out, name, content));
        }
    }

    static void atLeast(int least, int value, String option) {
        if (value < least) {
            throw new UsageException(option + " is " + value + "; give at least " + least + ".");
        }
    }
}
