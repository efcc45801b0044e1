package dev.reflux.registry.format;

import dev.reflux.common.failure.UsageException;
import java.util.regex.Pattern;

/** The names of models and aliases: parts of keys and of addresses. Stateless: any thread. */
public final class RegistryNames {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,8}");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]+");
    private static final int LONGEST = 300;

    private RegistryNames() {}

    /** Returns whether a text can be part of a key. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Returns whether a text is the number of a version; any other text is an alias. */
    public static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /**
     * Requires a name that can be part of a key.
     *
     * @param what the kind of thing that it names, such as "model"
     * @throws UsageException when it cannot
     */
    public static void require(String name, String what) {
        if (!isName(name)) {
            throw new UsageException("\"" + printable(name) + "\" cannot name a " + what
                    + "; use lower-case letters, digits, dots, dashes and underscores, 63 at most.");
        }
    }

    /** Returns a text of a peer for a sentence: on one line, and not longer than a sentence. */
    public static String printable(String text) {
        String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        return UNPRINTABLE.matcher(cut).replaceAll(" ");
    }
}
