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

    /** The highest number that a key has room for. */
    public static final long MOST = 99_999_999;

    private static final int DIGITS = 8;

    /** Returns the key of an entry. */
    public String of(long number) {
        return prefix + padded(number) + suffix;
    }

    /** Returns a number in eight ASCII digits, whatever the locale: keys are compared as bytes. */
    public static String padded(long number) {
        return String.format(Locale.ROOT, "%0" + DIGITS + "d", number);
    }

    /** Returns the number of the entry that has the given key; empty for any other key. */
    public Optional<Long> numberOf(String key) {
        if (!key.startsWith(prefix) || !key.endsWith(suffix)) {
            return Optional.empty();
        }
        String digits = key.substring(prefix.length(), key.length() - suffix.length());
        return digits.matches("[0-9]{" + DIGITS + "}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }
}
