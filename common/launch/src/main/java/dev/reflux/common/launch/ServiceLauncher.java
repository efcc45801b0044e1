package dev.reflux.common.launch;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs a service as {@code reflux SERVICE ...} from a class path that has this one command only. */
public final class ServiceLauncher {

    private ServiceLauncher() {}

    /** The root command of an installation with one service. */
    @Command(
            name = "reflux",
            mixinStandardHelpOptions = true,
            versionProvider = RefluxVersion.class,
            description = "Online continual distillation for camera fleets. This installation has one service.",
            synopsisSubcommandLabel = "COMMAND",
            commandListHeading = "%nCommands:%n")
    static final class ServiceRoot extends CommandGroup {}

    /**
     * Executes the arguments and ends the JVM with the exit code.
     *
     * @param service the name of the service and of its command
     * @param command creates the command, annotated with picocli's {@code @Command}, once the log is set up
     * @param reported the failures that a sentence explains
     * @param args the arguments, from the name of the service on
     */
    public static void launch(
            String service,
            Supplier<? extends Callable<Integer>> command,
            List<Class<? extends Exception>> reported,
            String[] args) {
        neutralFormats();
        Map<String, String> environment = System.getenv();
        LogSetup.configure(environment, Optional.of(service));
        CommandLine root = new CommandLine(new ServiceRoot()).addSubcommand(service, command.get());
        Failures failures = new Failures(environment.containsKey("REFLUX_DEBUG"), LogSetup.json(environment), reported);
        System.exit(configure(root, out(), err(), failures).execute(args));
    }

    /**
     * Makes libraries format numbers alike everywhere: Kafka's SCRAM writes them with the digits of the default language,
     * and a broker refuses the password then. For the main method of a process, before anything else.
     */
    public static void neutralFormats() {
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    }

    /** Returns standard output for results. */
    public static PrintWriter out() {
        return new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    }

    /** Returns standard error for progress and failures. */
    public static PrintWriter err() {
        return new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    }

    /**
     * Sets what all command lines of Reflux have in common and returns the command line.
     *
     * @param root the root command, with all its subcommands
     * @param out destination of results
     * @param err destination of progress and failures
     * @param failures what happens when a command fails
     */
    public static CommandLine configure(CommandLine root, PrintWriter out, PrintWriter err, Failures failures) {
        return root.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(Failures::usage);
    }
}
