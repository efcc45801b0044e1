package dev.reflux.cli;

import dev.reflux.cli.bench.BenchCommand;
import dev.reflux.common.launch.Failures;
import dev.reflux.common.launch.ServiceLauncher;
import dev.reflux.fleet.pull.RefusedStudentException;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.store.StaleWriterException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;

/** The whole command line. */
public final class RefluxCommandLine {

    /** The failures whose message is a sentence for the user. */
    public static final List<Class<? extends Exception>> REPORTED = List.of(
            RefusedStudentException.class, RegistryException.class, StaleWriterException.class, StoreException.class);

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
        return ServiceLauncher.configure(root, out, err, failures);
    }

    /** Creates the command line and executes the words, as a test or a tool does. Returns the exit code. */
    public static int execute(PrintWriter out, PrintWriter err, String... words) {
        return of(out, err, new Failures(false, false, REPORTED), List.of(words))
                .execute(words);
    }
}
