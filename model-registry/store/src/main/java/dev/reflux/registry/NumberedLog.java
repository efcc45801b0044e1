package dev.reflux.registry;

import dev.reflux.registry.store.ObjectStore;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * An append-only log in the store: objects numbered from 1, each created exactly once, the highest wins. Gapless,
 * because number n is only tried by those who have seen n − 1.
 *
 * <p>Gapless also means that the highest number can be searched for: from one that was seen before, the number of looks
 * grows with the logarithm of what was added since, and not with the length of the log. A log whose entries are moved to
 * another one in time stays gapless together with that one.
 */
final class NumberedLog {

    private static final int DIGITS = 8;

    private final ObjectStore store;
    private final String prefix;
    private final String suffix;
    private final HighWater seen;
    private final Optional<NumberedLog> moved;

    /** Keys are prefix + eight digits + suffix. */
    NumberedLog(ObjectStore store, String prefix, String suffix) {
        this(store, prefix, suffix, new HighWater(), Optional.empty());
    }

    /**
     * As above, for a log that is looked at often.
     *
     * @param seen remembers where to begin to look
     * @param moved where entries are copied to before they are deleted here; empty: none ever is
     */
    NumberedLog(ObjectStore store, String prefix, String suffix, HighWater seen, Optional<NumberedLog> moved) {
        this.store = store;
        this.prefix = prefix;
        this.suffix = suffix;
        this.seen = seen;
        this.moved = moved;
    }

    String key(long number) {
        return prefix + ("%0" + DIGITS + "d").formatted(number) + suffix;
    }

    /** 0 for an empty log. */
    long highest() {
        long known = seen.of(prefix);
        // A bucket that was emptied under us is looked at anew.
        long highest = known > 0 && isTaken(known) ? climb(known) : listed();
        seen.set(prefix, highest);
        return highest;
    }

    private long listed() {
        List<Long> numbers = numbers();
        return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
    }

    /** The highest number from one on that is taken: strides that double, then halves between the last two. */
    private long climb(long taken) {
        long low = taken;
        long stride = 1;
        while (isTaken(low + stride)) {
            low += stride;
            stride *= 2;
        }
        long free = low + stride;
        while (free - low > 1) {
            long middle = low + (free - low) / 2;
            if (isTaken(middle)) {
                low = middle;
            } else {
                free = middle;
            }
        }
        return low;
    }

    /** Here before moved: what is being moved is in both for a while, and in this order it is never in neither. */
    private boolean isTaken(long number) {
        return read(number).isPresent()
                || moved.flatMap(log -> log.read(number)).isPresent();
    }

    /** Every number there is, ascending. */
    List<Long> numbers() {
        return store.list(prefix).stream()
                .map(object -> numberOf(object.key()))
                .flatMap(Optional::stream)
                .sorted()
                .toList();
    }

    Optional<byte[]> read(long number) {
        return store.read(key(number));
    }

    /** Creates the given entry; answers whether this caller was the one. */
    boolean create(long number, byte[] bytes) {
        return store.create(key(number), bytes);
    }

    /**
     * Creates the next entry, whatever number it turns out to have.
     *
     * @param content asked anew for each number that is tried, and by then the number before it is there; must differ
     *     from what any other caller may give; empty gives up, and so does an exception
     * @return the number; 0 when it was given up
     */
    long append(LongFunction<Optional<byte[]>> content) {
        for (long next = highest() + 1; ; next++) {
            Optional<byte[]> bytes = content.apply(next);
            if (bytes.isEmpty()) {
                return 0;
            }
            if (create(next, bytes.get()) || isMine(next, bytes.get())) {
                seen.set(prefix, next);
                return next;
            }
        }
    }

    /** A request whose answer was lost is sent again by the client, and then loses against itself. */
    private boolean isMine(long number, byte[] bytes) {
        return read(number).filter(there -> Arrays.equals(there, bytes)).isPresent();
    }

    private Optional<Long> numberOf(String key) {
        if (!key.startsWith(prefix) || !key.endsWith(suffix)) {
            return Optional.empty();
        }
        String digits = key.substring(prefix.length(), key.length() - suffix.length());
        return digits.matches("\\d{" + DIGITS + "}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }
}
