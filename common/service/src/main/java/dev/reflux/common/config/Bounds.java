package dev.reflux.common.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values that a numeric setting may have.
 *
 * @param range fixed bounds, or null
 * @param atLeast a bound that another setting gives, or null
 */
record Bounds(@Nullable Range range, @Nullable AtLeast atLeast) {

    /** Returns what is wrong with a value by the fixed bounds, such as "must be at least 1"; empty where nothing is. */
    Optional<String> rangeViolation(double value) {
        return range == null || contains(range, value) ? Optional.empty() : Optional.of("must be " + words(range));
    }

    /**
     * Returns what is wrong with a value by the bound that another setting gives; empty where nothing is.
     *
     * @param value value of this setting
     * @param settings values of the settings that are in order, by key
     */
    Optional<String> relationViolation(double value, Map<String, Double> settings) {
        Double other = atLeast == null ? null : settings.get(atLeast.value());
        if (atLeast == null || other == null || value >= atLeast.times() * other) {
            return Optional.empty();
        }
        return Optional.of("must be at least " + plain(atLeast.times() * other) + ", " + words(atLeast));
    }

    /** Returns the bounds in words, such as "at least 1"; empty where there is none. */
    String words() {
        List<String> words = new ArrayList<>();
        if (range != null) {
            words.add(words(range));
        }
        if (atLeast != null) {
            words.add("at least " + words(atLeast));
        }
        return String.join(", ", words);
    }

    private static boolean contains(Range range, double value) {
        boolean enough = range.aboveMin() ? value > range.min() : value >= range.min();
        boolean notTooMuch = range.belowMax() ? value < range.max() : value <= range.max();
        return enough && notTooMuch;
    }

    private static String words(Range range) {
        boolean below = Double.isInfinite(range.min());
        boolean above = Double.isInfinite(range.max());
        if (above) {
            return (range.aboveMin() ? "above " : "at least ") + plain(range.min());
        }
        if (below) {
            return (range.belowMax() ? "below " : "at most ") + plain(range.max());
        }
        return "in " + (range.aboveMin() ? "(" : "[") + plain(range.min()) + ", " + plain(range.max())
                + (range.belowMax() ? ")" : "]");
    }

    private static String words(AtLeast bound) {
        return (bound.times() == 1 ? "" : bound.times() + " × ") + bound.value();
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }
}
