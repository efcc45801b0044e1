package dev.reflux.quickstart.progress;

import java.util.Locale;

/** How far something is, as a bar with the time that is left, on a {@link Console}. Thread-safe. */
public final class Progress {

    private static final int BAR = 24;

    private final Console console;
    private String phase = "";
    private long began;
    private long doneAtFirst;

    public Progress(Console console) {
        this.console = console;
    }

    /** Says something that stays. */
    public void say(String sentence) {
        console.line(sentence);
    }

    /**
     * Shows how far a phase is.
     *
     * @param what the phase, one word
     * @param figures what else is worth knowing
     */
    public synchronized void show(String what, long done, long of, String figures) {
        if (!phase.equals(what)) {
            phase = what;
            began = System.nanoTime();
            doneAtFirst = done;
        }
        console.show("  %-10s %s %4d/%d %s %s".formatted(what, bar(done, of), done, of, left(done, of), figures));
    }

    private String left(long done, long of) {
        long since = done - doneAtFirst;
        if (since < 2 || done >= of) {
            return "         ";
        }
        long seconds = Math.round((System.nanoTime() - began) / 1e9 * (of - done) / since);
        return String.format(Locale.ROOT, "%2d:%02d left", seconds / 60, seconds % 60);
    }

    private static String bar(long done, long of) {
        int full = of == 0 ? BAR : (int) Math.min(BAR, done * BAR / of);
        return "[" + "█".repeat(full) + "·".repeat(BAR - full) + "]";
    }
}
