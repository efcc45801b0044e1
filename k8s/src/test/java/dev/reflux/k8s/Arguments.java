package dev.reflux.k8s;

import dev.reflux.cli.RefluxCommandLine;
import dev.reflux.common.launch.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Reads a container's arguments as the launcher would, without doing what they say. */
final class Arguments {

    private Arguments() {}

    /** @throws picocli.CommandLine.ParameterException when a command or an option is not there */
    static void parse(List<String> words) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        RefluxCommandLine.of(nowhere, nowhere, new Failures(false, false, List.of()), words)
                .parseArgs(words.toArray(new String[0]));
    }
}
