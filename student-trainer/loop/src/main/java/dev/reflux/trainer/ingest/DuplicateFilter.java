package dev.reflux.trainer.ingest;

import dev.reflux.common.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Remembers the most recent frame ids, by 64 bits of their SHA-256, so that a frame that is sent twice is trained on once.
 * The number of ids is bounded; the oldest are dropped first. The training thread only.
 */
public final class DuplicateFilter {

    private final int capacity;
    private final Deque<Long> oldestFirst = new ArrayDeque<>();
    private final Set<Long> known = new HashSet<>();

    /** @param capacity the number of remembered frames, at least 1 */
    public DuplicateFilter(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, not " + capacity);
        }
        this.capacity = capacity;
    }

    /** Returns whether the frame is not among the remembered ones, and remembers it. */
    public boolean firstSight(String frameId) {
        long hash = hash(frameId);
        if (!known.add(hash)) {
            return false;
        }
        oldestFirst.addLast(hash);
        dropOldest();
        return true;
    }

    /** Forgets a frame that has had no effect, so that it may be sent again. */
    public void forget(String frameId) {
        long hash = hash(frameId);
        known.remove(hash);
        oldestFirst.removeLastOccurrence(hash);
    }

    private static long hash(String frameId) {
        return ByteBuffer.wrap(Sha256.digest().digest(frameId.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private void dropOldest() {
        while (oldestFirst.size() > capacity) {
            known.remove(oldestFirst.removeFirst());
        }
    }

    /** Returns the remembered hashes, oldest first. */
    public List<Long> state() {
        return List.copyOf(oldestFirst);
    }

    /** @param state a result of {@link #state()}; of a larger filter, the newest hashes are kept */
    public void restore(Collection<Long> state) {
        known.clear();
        oldestFirst.clear();
        state.forEach(hash -> {
            known.add(hash);
            oldestFirst.addLast(hash);
        });
        dropOldest();
    }
}
