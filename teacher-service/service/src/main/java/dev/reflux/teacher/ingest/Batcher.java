package dev.reflux.teacher.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gathers items into batches: a batch closes when it is full or when its oldest item has waited for the linger. Time is
 * handed in, so the class is as deterministic as its caller. Not thread-safe.
 */
public final class Batcher<T> {

    private final int size;
    private final long lingerNanos;
    private List<T> open = new ArrayList<>();
    private long openedAt;

    /**
     * @param size items of a full batch, at least 1
     * @param linger how long an item waits for company at most; zero: not at all
     */
    public Batcher(int size, Duration linger) {
        if (size < 1 || linger.isNegative()) {
            throw new IllegalArgumentException("a batch of " + size + " after " + linger + " cannot be gathered");
        }
        this.size = size;
        this.lingerNanos = linger.toNanos();
    }

    /** Adds an item; the batch, if that closed it. */
    public Optional<List<T>> add(T item, long nowNanos) {
        if (open.isEmpty()) {
            openedAt = nowNanos;
        }
        open.add(item);
        return open.size() >= size || lingerNanos == 0 ? Optional.of(close()) : Optional.empty();
    }

    /** The open batch if its time is up. */
    public Optional<List<T>> expired(long nowNanos) {
        return !open.isEmpty() && nowNanos - openedAt >= lingerNanos ? Optional.of(close()) : Optional.empty();
    }

    /** How long the open batch may still wait; empty when none is open. */
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
