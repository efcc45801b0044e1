package dev.reflux.common.plugin;

import dev.reflux.common.failure.UsageException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The options that a configuration gives to one provider: text by key. Each accessor checks the value and names the whole
 * configuration key in its error. Immutable.
 *
 * @param prefix the configuration key of the options, such as {@code trainer.loss.options}
 * @param values the text of each option
 */
public record ProviderOptions(String prefix, Map<String, String> values) {

    public ProviderOptions {
        values = Map.copyOf(values);
    }

    /** Returns options without any value. */
    public static ProviderOptions none(String prefix) {
        return new ProviderOptions(prefix, Map.of());
    }

    /**
     * Checks that only known options are given.
     *
     * @throws UsageException if an option is not among the keys
     */
    public ProviderOptions requireOnly(String... keys) {
        Set<String> unknown = new TreeSet<>(new TreeMap<>(values).keySet());
        Set.of(keys).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            String known = keys.length == 0 ? "it has no options" : "its options are " + String.join(", ", keys);
            throw new UsageException(
                    prefix + "." + String.join(", " + prefix + ".", unknown) + " is not an option; " + known + ".");
        }
        return this;
    }

    /**
     * Returns a number above 0.
     *
     * @param key the option
     * @param standard the value of an option that is not given
     * @throws UsageException if the text is not a finite number above 0
     */
    public double positive(String key, double standard) {
        String text = values.get(key);
        if (text == null) {
            return standard;
        }
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Refused below, with the numbers that are out of range.
        }
        throw new UsageException(prefix + "." + key + " is \"" + text + "\" and must be a number above 0.");
    }

    /**
     * Returns a whole number of at least 1.
     *
     * @param key the option
     * @param standard the value of an option that is not given
     * @throws UsageException if the text is not such a number
     */
    public int count(String key, int standard) {
        double value = positive(key, standard);
        if (value != Math.rint(value) || value > Integer.MAX_VALUE) {
            throw new UsageException(
                    prefix + "." + key + " is \"" + values.get(key) + "\" and must be a whole number of at least 1.");
        }
        return (int) value;
    }
}
