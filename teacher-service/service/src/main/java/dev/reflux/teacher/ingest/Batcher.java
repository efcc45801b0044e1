package dev.reflux.teacher.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gathers items into batches. A batch is closed when it is full, or when its oldest item has waited for the linger time. The
 * caller passes the time, so that the class is deterministic. Not thread-safe.
 */
public final class Batcher<T> {

    private final int size;
    private final long lingerNanos;
    private List<T> open = new ArrayList<>();
    private long openedAt;

    /**
     * @param size the number of items in a full batch, at least 1
     * @param linger the longest wait of an item for its batch to fill; zero closes a batch with every item
     */
    public Batcher(int size, Duration linger) {
        if (size < 1 || linger.isNegative()) {
            throw new IllegalArgumentException("a batch of " + size + " after " + linger + " cannot be gathered");
        }
        this.size = size;
        this.lingerNanos = linger.toNanos();
    }

    /** Adds an item, and returns the batch if this closes it. */
    public Optional<List<T>> add(T item, long nowNanos) {
        if (open.isEmpty()) {
            openedAt = nowNanos;
        }
        open.add(item);
        return open.size() >= size || lingerNanos == 0 ? Optional.of(close()) : Optional.empty();
    }

    /** Closes and returns the open batch if its linger time is over. */
    public Optional<List<T>> expired(long nowNanos) {
        return !open.isEmpty() && nowNanos - openedAt >= lingerNanos ? Optional.of(close()) : Optional.empty();
    }

    /** Closes and returns the open batch; empty if none is open. */
    public Optional<List<T>> flush() {
        return open.isEmpty() ? Optional.empty() : Optional.of(close());
    }

    /** Returns the remaining linger time of the open batch in nanoseconds; empty if none is open. */
    public OptionalLong remainingNanos(long nowNanos) {
        return open.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, lingerNanos - (nowNanos - openedAt)));
    }

    private List<T> close() {
        List<T> closed = open;
        open = new ArrayList<>(size);
        return closed;
    }
}
