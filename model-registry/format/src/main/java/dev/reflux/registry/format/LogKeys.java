package dev.reflux.registry.format;

import java.util.Locale;
import java.util.Optional;

/**
 * The keys of a numbered log's entries: a prefix, the entry's number in eight digits, a suffix.
 *
 * @param prefix ends with a slash
 * @param suffix follows the digits, such as {@code .json}
 */
public record LogKeys(String prefix, String suffix) {

    private static final int DIGITS = 8;

    /** Returns the key of an entry. */
    public String of(long number) {
        return prefix + String.format(Locale.ROOT, "%0" + DIGITS + "d", number) + suffix;
    }

    /** Returns the number of the entry that has the given key; empty for any other key. */
    public Optional<Long> numberOf(String key) {
        if (!key.startsWith(prefix) || !key.endsWith(suffix)) {
            return Optional.empty();
        }
        String digits = key.substring(prefix.length(), key.length() - suffix.length());
        return digits.matches("\\d{" + DIGITS + "}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }
}
