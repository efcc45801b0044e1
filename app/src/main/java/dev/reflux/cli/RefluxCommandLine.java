package dev.reflux.cli;

import dev.reflux.cli.bench.BenchCommand;
import dev.reflux.cli.options.Failures;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;

/** The whole command line. */
public final class RefluxCommandLine {

    private RefluxCommandLine() {}

    /**
     * Creates the command line.
     *
     * @param out destination of results
     * @param err destination of progress and errors
     * @param failures what happens when a command fails
     * @param words the arguments to be executed. The benchmarks of the class path are searched for, which opens every
     *     jar, only if the words name the bench command.
     */
    public static CommandLine of(PrintWriter out, PrintWriter err, Failures failures, List<String> words) {
        CommandLine root = new CommandLine(new RefluxCommand());
        if (words.contains(BenchCommand.NAME)) {
            BenchCommand.addBenchmarks(root);
        }
        return root.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(Failures::usage);
    }

    /** Creates the command line and executes the words, as a test or a tool does. Returns the exit code. */
    public static int execute(PrintWriter out, PrintWriter err, String... words) {
        return of(out, err, new Failures(false, false), List.of(words)).execute(words);
    }
}
