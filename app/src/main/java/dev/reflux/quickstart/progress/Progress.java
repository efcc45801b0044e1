package dev.reflux.quickstart.progress;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows how far a phase is, as a bar with the time that is left, on a {@link Console}. Thread-safe. */
public final class Progress {

    private static final int SHORTEST_BAR = 10;
    private static final int LONGEST_BAR = 24;
    /** Columns that a line takes beside its bar. */
    private static final int COLUMNS_BESIDE_BAR = 70;

    private final Console console;
    private final int barLength;
    private @Nullable Activity activity;
    private String current = "";
    private String phase = "";
    private long began;
    private long doneAtFirst;

    /** Creates a progress display whose bar fits the console's width. */
    public Progress(Console console) {
        this.console = console;
        this.barLength = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, console.width() - COLUMNS_BESIDE_BAR));
    }

    /** Prints a line that stays. */
    public void say(String sentence) {
        console.line(sentence);
    }

    /**
     * Begins an activity of unknown length, in place of the one before. Whenever nothing has been shown for two seconds,
     * its name and its duration are, until {@link #end}.
     *
     * @param what the activity, such as "loading PyTorch"
     */
    public synchronized void doing(String what) {
        idle();
        current = what;
        activity = new Activity(console, what);
    }

    /** Returns the name of the last activity. */
    public synchronized String activity() {
        return current;
    }

    /** Ends the activity and removes the line that changes. */
    public synchronized void end() {
        idle();
        console.clear();
    }

    private void idle() {
        if (activity != null) {
            activity.close();
            activity = null;
        }
    }

    /**
     * Shows how far a phase is.
     *
     * @param what the phase, one word of at most 8 letters
     * @param figures other figures, at most 36 columns on a terminal of 80
     */
    public synchronized void show(String what, long done, long of, String figures) {
        if (!phase.equals(what)) {
            phase = what;
            began = System.nanoTime();
            doneAtFirst = done;
        }
        console.show(String.format(
                Locale.ROOT, "  %-8s %s %3d/%d %s %s", what, bar(done, of), done, of, left(done, of), figures));
    }

    private String left(long done, long of) {
        long since = done - doneAtFirst;
        if (since < 2 || done >= of) {
            return "         ";
        }
        long seconds = Math.round((System.nanoTime() - began) / 1e9 * (of - done) / since);
        return String.format(Locale.ROOT, "%d:%02d left", seconds / 60, seconds % 60);
    }

    private String bar(long done, long of) {
        int full = of == 0 ? barLength : (int) Math.min(barLength, done * barLength / of);
        return "[" + "█".repeat(full) + "·".repeat(barLength - full) + "]";
    }
}
