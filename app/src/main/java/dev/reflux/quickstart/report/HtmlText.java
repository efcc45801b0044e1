package dev.reflux.quickstart.report;

import java.util.Locale;

/** Figures and words as the report writes them. A figure that does not exist is a dash. */
final class HtmlText {

    private HtmlText() {}

    /** Returns a part of 1 in percent. */
    static String percent(double part) {
        return Double.isFinite(part) ? String.format(Locale.ROOT, "%.1f", 100 * part) : "–";
    }

    /** Returns the width of a bar in percent. */
    static String width(double part) {
        return String.format(Locale.ROOT, "%.1f", Double.isFinite(part) ? 100 * part : 0);
    }

    static String number(double value, int decimals) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "–";
    }

    static String kibibytes(double bytes) {
        return Double.isFinite(bytes) ? number(bytes / 1024, 0) + " KiB" : "–";
    }

    static String minutes(double seconds) {
        long whole = Math.round(seconds);
        return whole / 60 + ":" + String.format(Locale.ROOT, "%02d", whole % 60) + " min";
    }

    /** Returns text with the characters escaped that HTML reserves. */
    static String text(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
