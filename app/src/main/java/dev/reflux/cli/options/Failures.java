package dev.reflux.cli.options;

import dev.reflux.common.failure.UsageException;
import dev.reflux.fleet.pull.RefusedStudentException;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.store.StaleWriterException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How a command ends when it cannot do what it was asked to: one sentence on standard error. A user's mistake is 2,
 * anything else 1. Only a defect of our own shows its stack trace.
 *
 * @param stackTraces whether to show them always
 * @param logged whether the sentence is a line of the log, for services whose log is read by machines
 */
public record Failures(boolean stackTraces, boolean logged) implements IExecutionExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    public static final int USAGE = 2;
    public static final int FAILED = 1;

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (stackTraces) {
            failure.printStackTrace(err);
        }
        if (failure instanceof UsageException) {
            say(err, failure);
            return USAGE;
        }
        if (failure instanceof RefusedStudentException
                || failure instanceof RegistryException
                || failure instanceof StaleWriterException
                || failure instanceof StoreException) {
            say(err, failure);
            return FAILED;
        }
        err.println("reflux: this should not have happened; please report it with what follows.");
        if (!stackTraces) {
            failure.printStackTrace(err);
        }
        return FAILED;
    }

    private void say(PrintWriter err, Exception failure) {
        if (logged) {
            LOG.error(failure.getMessage());
        } else {
            err.println("reflux: " + failure.getMessage());
        }
    }

    /** The command line itself is wrong. */
    public static int usage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("reflux: " + sentence(mistyped(failure, args)));
        err.println("Try \"" + command.getCommandSpec().qualifiedName() + " --help\".");
        return USAGE;
    }

    /** A required option that is missing may be one that was mistyped: then that is what to say. */
    private static ParameterException mistyped(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        return Arrays.stream(args)
                .filter(word -> failure instanceof MissingParameterException && word.startsWith("-"))
                .filter(word -> command.getCommandSpec().findOption(word.replaceFirst("=.*", "")) == null)
                .findFirst()
                .<ParameterException>map(word -> new UnmatchedArgumentException(command, List.of(word)))
                .orElse(failure);
    }

    private static String sentence(ParameterException failure) {
        String message =
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        if (failure instanceof UnmatchedArgumentException unmatched) {
            List<String> words = unmatched.getUnmatched();
            String kind = unmatched.isUnknownOption() ? "option" : "argument";
            List<String> known = unmatched.getSuggestions();
            String near = known.isEmpty() ? "" : "; did you mean \"" + known.get(0) + "\"?";
            return "\"" + words.get(0) + "\" is no " + kind + " here" + (near.isEmpty() ? "." : near);
        }
        return message.endsWith(".") ? message : message + ".";
    }
}
