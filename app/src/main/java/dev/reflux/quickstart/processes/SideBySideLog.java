package dev.reflux.quickstart.processes;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Every process's lines on one terminal, each behind the name of who wrote it; and in a file for each of them. Lines stay
 * whole. Thread-safe.
 */
public final class SideBySideLog {

    /** Names are padded to this. */
    private static final int WIDTH = 9;

    private static final String[] COLOURS = {"36", "33", "32", "35", "34", "31", "96", "93", "92", "95"};
    private static final String RESET = "\u001b[0m";

    private final PrintWriter terminal;
    private final boolean coloured;
    private final Path folder;
    private final List<String> names = new ArrayList<>();

    /** @param folder takes NAME.log for each process */
    public SideBySideLog(PrintWriter terminal, boolean coloured, Path folder) {
        this.terminal = terminal;
        this.coloured = coloured;
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sentence of the supervisor's own. */
    void say(String sentence) {
        print("dev", sentence);
    }

    /** The file that keeps a process's lines, over its restarts. */
    PrintWriter file(String name) {
        try {
            return new PrintWriter(
                    Files.newBufferedWriter(
                            folder.resolve(name + ".log"),
                            StandardCharsets.UTF_8,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND),
                    true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void print(String name, String line) {
        if (!names.contains(name)) {
            names.add(name);
        }
        String prefix = String.format("%-" + WIDTH + "s │ ", name);
        String colour = COLOURS[names.indexOf(name) % COLOURS.length];
        terminal.println((coloured ? "\u001b[" + colour + "m" + prefix + RESET : prefix) + line);
        terminal.flush();
    }
}
