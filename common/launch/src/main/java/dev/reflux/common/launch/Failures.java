package dev.reflux.common.launch;

import dev.reflux.common.failure.UsageException;
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
 * What happens when a command fails: one sentence on standard error and an exit code. A mistake of the user has the code
 * 2, any other failure 1. Only a defect of Reflux shows its stack trace.
 *
 * @param stackTraces whether every failure shows its stack trace
 * @param logged whether the sentence goes to the log instead, for services whose log is read by machines
 * @param reported the failures, beside {@link UsageException}, whose message is such a sentence
 */
public record Failures(boolean stackTraces, boolean logged, List<Class<? extends Exception>> reported)
        implements IExecutionExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /** The exit code after a mistake of the user. */
    public static final int USAGE = 2;

    /** The exit code after any other failure. */
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
        if (reported.stream().anyMatch(type -> type.isInstance(failure))) {
            say(err, failure);
            return FAILED;
        }
        err.println("reflux: this is a defect of Reflux; please report it with the stack trace below.");
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

    /** Reports a mistake in the command line itself. Returns the exit code. */
    public static int usage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("reflux: " + sentence(mistyped(failure, args)));
        err.println("Try \"" + command.getCommandSpec().qualifiedName() + " --help\".");
        return USAGE;
    }

    /** A required option that is missing may have been mistyped; then the mistyped option is reported. */
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
            return "\"" + words.get(0) + "\" is no known " + kind + (near.isEmpty() ? "." : near);
        }
        return message.endsWith(".") ? message : message + ".";
    }
}
