package dev.reflux.registry.client;

import dev.reflux.registry.format.LogKeys;
import java.util.List;
import java.util.Optional;

/**
 * Reads an append-only log of the bucket: objects numbered from 1 without gaps, each created exactly once, of which the
 * highest is in force.
 *
 * <p>Without gaps, the highest number can be searched for, by a number of reads that grows with the logarithm of the entries
 * added since the number seen before. Entries of a log may be moved to another log later; the two logs together have no gap.
 * If one was lost all the same, a search from the beginning finds the entries beyond it.
 *
 * <p>Blocks on the network. Thread-safe.
 */
public final class LogReader {

    private static final int GROWTH = 2;
    /** A log with fewer entries is found out by one request. */
    private static final int SHORT_LOG = 8;
    /** A search from the beginning has far to go. */
    private static final int FIRST_GROWTH = 4;

    private final ObjectSource source;
    private final LogKeys keys;
    private final LogHeadCache heads;
    private final Optional<LogKeys> moved;

    /** Creates a reader of a log whose entries stay where they are. */
    public LogReader(ObjectSource source, LogKeys keys, LogHeadCache heads) {
        this(source, keys, heads, Optional.empty());
    }

    /**
     * Creates a reader.
     *
     * @param moved the keys that entries are copied to before they are deleted here; empty: no entry is deleted
     */
    public LogReader(ObjectSource source, LogKeys keys, LogHeadCache heads, Optional<LogKeys> moved) {
        this.source = source;
        this.keys = keys;
        this.heads = heads;
        this.moved = moved;
    }

    /** Returns the key of an entry. */
    public String key(long number) {
        return keys.of(number);
    }

    /** Returns the highest number; 0 for an empty log. */
    public long highest() {
        long known = heads.of(keys.prefix());
        // A known entry that is gone means that the bucket was emptied meanwhile.
        long highest = known > 0 && isTaken(known) ? searchFrom(known, GROWTH) : searchAll();
        heads.set(keys.prefix(), highest);
        return highest;
    }

    /** Records that an entry exists, so that the next search begins there. */
    public void seen(long number) {
        heads.set(keys.prefix(), number);
    }

    private long searchAll() {
        List<Long> first = numbers(1, SHORT_LOG);
        long last = first.isEmpty() ? 0 : first.get(first.size() - 1);
        if (first.size() < SHORT_LOG) {
            return last;
        }
        long highest = searchFrom(last, FIRST_GROWTH);
        for (Optional<Long> beyond = after(highest); beyond.isPresent(); beyond = after(highest)) {
            highest = searchFrom(beyond.get(), FIRST_GROWTH);
        }
        return highest;
    }

    private Optional<Long> after(long number) {
        return numbers(number + 1, 1).stream().findFirst();
    }

    /** Lets the stride grow until a number is free, then halves the distance between the last two. */
    private long searchFrom(long taken, int growth) {
        long low = taken;
        long stride = 1;
        while (isTaken(low + stride)) {
            low += stride;
            stride *= growth;
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

    /** Reads the original place first: an entry is copied before it is deleted there, so one of the two reads finds it. */
    private boolean isTaken(long number) {
        return read(number).isPresent()
                || number <= LogKeys.MOST
                        && moved.flatMap(elsewhere -> source.read(elsewhere.of(number)))
                                .isPresent();
    }

    /** Returns every number of the log, ascending. The cost grows with the log. */
    public List<Long> numbers() {
        return numbers(1, Integer.MAX_VALUE);
    }

    /**
     * Returns a part of the numbers of the log, ascending.
     *
     * @param from the lowest number
     * @param limit the largest number of them
     */
    public List<Long> numbers(long from, int limit) {
        return source.list(keys.prefix(), keys.of(from - 1), limit).stream()
                .map(object -> keys.numberOf(object.key()))
                .flatMap(Optional::stream)
                .sorted()
                .toList();
    }

    /** Returns an entry; empty when there is none of that number. */
    public Optional<byte[]> read(long number) {
        return number < 1 || number > LogKeys.MOST ? Optional.empty() : source.read(keys.of(number));
    }
}
