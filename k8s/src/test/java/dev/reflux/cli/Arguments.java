package dev.reflux.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Reads a container's arguments as the launcher would, without doing what they say. */
public final class Arguments {

    private Arguments() {}

    /** @throws picocli.CommandLine.ParameterException when a command or an option is not there */
    public static void parse(List<String> words) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        RefluxMain.commandLine(nowhere, nowhere).parseArgs(words.toArray(new String[0]));
    }
}
