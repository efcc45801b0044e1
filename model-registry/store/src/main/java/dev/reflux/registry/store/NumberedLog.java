package dev.reflux.registry.store;

import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.LogReader;
import dev.reflux.registry.format.LogKeys;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Appends to a log of the bucket. There are no gaps, because number n is only tried by a caller that has seen n − 1.
 * Blocks on the network. Thread-safe.
 */
final class NumberedLog {

    private final ObjectStore store;
    private final LogReader reader;

    NumberedLog(ObjectStore store, LogKeys keys, LogHeadCache heads) {
        this(store, new LogReader(store, keys, heads));
    }

    NumberedLog(ObjectStore store, LogReader reader) {
        this.store = store;
        this.reader = reader;
    }

    /** Returns the read side. */
    LogReader reader() {
        return reader;
    }

    /** Creates the entry of the given number; returns whether this call created it. */
    boolean create(long number, byte[] bytes) {
        return store.create(reader.key(number), bytes);
    }

    /** Deletes an entry. */
    void delete(long number) {
        store.delete(reader.key(number));
    }

    /**
     * Creates the next entry.
     *
     * @param content is called anew for each number that is tried, when the number before it exists; must differ from
     *     the content of every other caller; an empty result or an exception ends the attempt
     * @return the number; 0 when the content was empty
     */
    long append(LongFunction<Optional<byte[]>> content) {
        for (long next = reader.highest() + 1; ; next++) {
            Optional<byte[]> bytes = content.apply(next);
            if (bytes.isEmpty()) {
                return 0;
            }
            if (create(next, bytes.get()) || isMine(next, bytes.get())) {
                reader.seen(next);
                return next;
            }
        }
    }

    /** A client repeats a request whose answer was lost, and the repetition then loses against the request itself. */
    private boolean isMine(long number, byte[] bytes) {
        return reader.read(number).filter(there -> Arrays.equals(there, bytes)).isPresent();
    }
}
