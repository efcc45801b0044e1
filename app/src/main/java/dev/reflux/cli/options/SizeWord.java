package dev.reflux.cli.options;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import org.jspecify.annotations.Nullable;

/** A size as a command line writes it. */
public final class SizeWord {

    private SizeWord() {}

    /**
     * @param option whose value it is
     * @param given null: nothing was said
     * @throws UsageException when it is no size
     */
    public static @Nullable ImageSize of(String option, @Nullable String given) {
        if (given == null) {
            return null;
        }
        if (!given.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}")) {
            throw new UsageException(option + " is \"" + given + "\"; write WIDTHxHEIGHT, such as 240x180.");
        }
        String[] sides = given.split("x");
        return new ImageSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
    }
}
