package dev.reflux.quickstart.progress;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Where progress is shown: on a terminal one line that changes in place and is cut at the terminal's width; elsewhere a
 * plain line every few seconds, so that a log of it can be read. Thread-safe.
 */
public final class Console {

    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(80);
    private static final long PLAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int USUAL_WIDTH = 80;
    private static final String CLEAR = "\r\u001b[K";
    private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");

    private final PrintWriter to;
    private final boolean terminal;
    private final int width;
    private boolean open;
    private boolean waiting;
    private long shownAt;
    private long writtenAt = System.nanoTime();
    private String pending = "";

    /**
     * Creates a console.
     *
     * @param terminal whether lines may be rewritten and coloured
     * @param width columns of the terminal
     */
    public Console(PrintWriter to, boolean terminal, int width) {
        this.to = to;
        this.terminal = terminal;
        this.width = width;
    }

    /**
     * Creates a console for the process's environment: {@code NO_COLOR} and {@code TERM=dumb} mean that there is no
     * terminal, {@code COLUMNS} is its width, 80 where it is not set.
     */
    public static Console of(PrintWriter to) {
        boolean person = System.console() != null
                && !"dumb".equals(System.getenv("TERM"))
                && System.getenv("TERM") != null
                && System.getenv("NO_COLOR") == null;
        String columns = System.getenv("COLUMNS");
        int width = columns != null && columns.matches("\\d{2,4}") ? Integer.parseInt(columns) : USUAL_WIDTH;
        return new Console(to, person, width);
    }

    /** Returns whether lines may be rewritten and coloured. */
    public boolean terminal() {
        return terminal;
    }

    /** Returns the number of columns. */
    public int width() {
        return width;
    }

    /** Shows a state; it may be left out when another one follows soon. */
    public synchronized void show(String text) {
        pending = text;
        long now = System.nanoTime();
        if (shownAt != 0 && now - shownAt < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
            return;
        }
        shownAt = now;
        write(text);
    }

    /** Shows a state if nothing has been written for a while, or if the last thing written was such a state. */
    synchronized void showAfter(Duration quiet, String text) {
        if (System.nanoTime() - writtenAt >= quiet.toNanos() || waiting) {
            show(text);
            waiting = true;
        }
    }

    /** Prints a line that stays. */
    public synchronized void line(String text) {
        clear();
        to.println(terminal ? text : COLOURS.matcher(text).replaceAll(""));
        to.flush();
    }

    /** Ends the line that changes: its last state stays. */
    public synchronized void done() {
        if (!pending.isEmpty()) {
            write(pending);
        }
        if (open) {
            to.println();
            open = false;
        }
        written();
        shownAt = 0;
    }

    /** Removes the line that changes; off a terminal it stays. */
    public synchronized void clear() {
        if (open) {
            to.print(CLEAR);
            open = false;
        }
        written();
        shownAt = 0;
    }

    private void write(String text) {
        if (terminal) {
            to.print(CLEAR + cut(text));
            open = true;
        } else {
            to.println(COLOURS.matcher(text).replaceAll(""));
        }
        written();
    }

    private void written() {
        to.flush();
        pending = "";
        waiting = false;
        writtenAt = System.nanoTime();
    }

    /** A line as wide as the terminal would wrap, and could not be rewritten. */
    private String cut(String text) {
        String plain = COLOURS.matcher(text).replaceAll("");
        return plain.length() < width ? text : plain.substring(0, width - 1);
    }
}
