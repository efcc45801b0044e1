package dev.reflux.trainer.ingest;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Remembers the most recent frames by their {@linkplain DecodedSample#identity identity}, so that a frame that is sent twice
 * is trained on once; another frame under the same id is another frame. The number of remembered frames is bounded; the
 * oldest are dropped first. The training thread only.
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

    /**
     * Returns whether the frame is not among the remembered ones, and remembers it.
     *
     * @param identity the {@link DecodedSample#identity} of the frame
     */
    public boolean firstSight(long identity) {
        if (!known.add(identity)) {
            return false;
        }
        oldestFirst.addLast(identity);
        dropOldest();
        return true;
    }

    private void dropOldest() {
        while (oldestFirst.size() > capacity) {
            known.remove(oldestFirst.removeFirst());
        }
    }

    /** Returns the remembered identities, oldest first. */
    public List<Long> state() {
        return List.copyOf(oldestFirst);
    }

    /** @param state a result of {@link #state()}; of a larger filter, the newest identities are kept */
    public void restore(Collection<Long> state) {
        known.clear();
        oldestFirst.clear();
        state.forEach(identity -> {
            known.add(identity);
            oldestFirst.addLast(identity);
        });
        dropOldest();
    }
}
