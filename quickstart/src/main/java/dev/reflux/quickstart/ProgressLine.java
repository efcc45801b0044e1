package dev.reflux.quickstart;

import java.io.PrintStream;
import java.util.Locale;

/**
 * One line that is drawn again and again on a terminal, or a plain line every few seconds elsewhere. Any thread.
 */
public final class ProgressLine {

    private static final int BAR = 24;
    private static final long PLAIN_EVERY_NANOS = 5_000_000_000L;
    private static final long DRAW_EVERY_NANOS = 100_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private long last;
    private long began = System.nanoTime();
    private boolean drawn;

    public ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Says something that stays. */
    public synchronized void say(String sentence) {
        wipe();
        out.println(sentence);
        began = System.nanoTime();
        last = 0;
    }

    /** Shows how far something is. */
    public synchronized void show(String what, long done, long of, String figures) {
        long now = System.nanoTime();
        if (now - last < (terminal ? DRAW_EVERY_NANOS : PLAIN_EVERY_NANOS) && done < of) {
            return;
        }
        boolean first = last == 0;
        last = now;
        if (!terminal && (first || done == 0)) {
            return;
        }
        String line = "  %-10s %s %4d/%d %s%s".formatted(what, bar(done, of), done, of, eta(done, of, now), figures);
        if (terminal) {
            out.print("\r\u001b[2K" + line);
            out.flush();
            drawn = true;
        } else {
            out.println(line);
        }
    }

    private String eta(long done, long of, long now) {
        if (done < 2 || done >= of) {
            return "";
        }
        long seconds = (long) ((now - began) / 1e9 * (of - done) / done);
        return String.format(Locale.ROOT, "%d:%02d left  ", seconds / 60, seconds % 60);
    }

    private String bar(long done, long of) {
        int full = of == 0 ? BAR : (int) Math.min(BAR, done * BAR / of);
        return "[" + "█".repeat(full) + "·".repeat(BAR - full) + "]";
    }

    private void wipe() {
        if (drawn) {
            out.print("\r\u001b[2K");
            drawn = false;
        }
    }
}
