package dev.reflux.quickstart.progress;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/**
 * Where progress is shown: on a terminal one line that changes in place; elsewhere a plain line every few seconds, so
 * that a log of it can be read. Thread-safe.
 */
public final class Console {

    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(80);
    private static final long PLAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int USUAL_WIDTH = 120;
    private static final String CLEAR = "\r\u001b[K";
    private static final java.util.regex.Pattern COLOURS = java.util.regex.Pattern.compile("\u001b\\[[0-9;]*m");

    private final PrintWriter to;
    private final boolean terminal;
    private final int width;
    private boolean open;
    private long shownAt;
    private String pending = "";

    /** @param terminal whether lines may be rewritten and coloured */
    public Console(PrintWriter to, boolean terminal, int width) {
        this.to = to;
        this.terminal = terminal;
        this.width = width;
    }

    /** Asks the environment whether a terminal is there; {@code NO_COLOR} and {@code TERM=dumb} say there is none. */
    public static Console of(PrintWriter to) {
        boolean person = System.console() != null
                && !"dumb".equals(System.getenv("TERM"))
                && System.getenv("TERM") != null
                && System.getenv("NO_COLOR") == null;
        String columns = System.getenv("COLUMNS");
        int width = columns != null && columns.matches("\\d{2,4}") ? Integer.parseInt(columns) : USUAL_WIDTH;
        return new Console(to, person, width);
    }

    public boolean terminal() {
        return terminal;
    }

    public int width() {
        return width;
    }

    /** Shows how it stands; may be left out when another one comes soon. */
    public synchronized void show(String text) {
        pending = text;
        long now = System.nanoTime();
        if (shownAt != 0 && now - shownAt < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
            return;
        }
        shownAt = now;
        write(text);
    }

    /** A line that stays. */
    public synchronized void line(String text) {
        if (open) {
            to.print(CLEAR);
            open = false;
        }
        to.println(terminal ? text : COLOURS.matcher(text).replaceAll(""));
        to.flush();
        shownAt = 0;
        pending = "";
    }

    /** The line that changes has come to its end: its last state stays. */
    public synchronized void done() {
        if (!pending.isEmpty()) {
            write(pending);
        }
        if (open) {
            to.println();
            open = false;
        }
        to.flush();
        pending = "";
        shownAt = 0;
    }

    private void write(String text) {
        if (terminal) {
            to.print(CLEAR + text);
            open = true;
        } else {
            to.println(COLOURS.matcher(text).replaceAll(""));
        }
        to.flush();
        pending = "";
    }
}
