package dev.reflux.quickstart.report;

import java.util.Locale;

/**
 * Who taught the pixels of a run. Where a pixel has no label, the teacher taught it alone.
 *
 * @param byLabels the part of the teaching pixels that have a label, 0..1; NaN if there was no step
 */
public record TaughtPixels(double byLabels) {

    /** Returns the part of the teaching pixels that have no label, 0..1; NaN if there was no step. */
    public double byTeacher() {
        return 1 - byLabels;
    }

    /** Returns one sentence for people. */
    public String sentence() {
        if (Double.isNaN(byLabels)) {
            return "Nothing was taught.";
        }
        double percent = 100 * byLabels;
        // A part that is there is never shown as 0 %, and one that lacks something never as 100 %.
        boolean fine = percent > 0 && percent < 1 || percent > 99 && percent < 100;
        String form = fine ? "%.1f" : "%.0f";
        double labels = fine ? Math.min(999, Math.max(1, Math.round(10 * percent))) / 10.0 : Math.round(percent);
        return String.format(
                Locale.ROOT,
                "Labels taught " + form + " %% of the pixels, the teacher " + form + " %%.",
                labels,
                100 - labels);
    }
}
