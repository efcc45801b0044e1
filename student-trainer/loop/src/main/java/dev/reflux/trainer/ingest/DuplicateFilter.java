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
 * Knows the frames of late, by 64 bits of their id's hash: a camera that sends twice teaches once. Bounded; the oldest
 * are forgotten first. The training thread only.
 */
public final class DuplicateFilter {

    private final int capacity;
    private final Deque<Long> oldestFirst = new ArrayDeque<>();
    private final Set<Long> known = new HashSet<>();

    /** @param capacity frames that are remembered, 16 bytes each in a checkpoint's order of size */
    public DuplicateFilter(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, not " + capacity);
        }
        this.capacity = capacity;
    }

    /** Whether the frame is seen for the first time; from now on it is known. */
    public boolean firstSight(String frameId) {
        long hash = ByteBuffer.wrap(Sha256.digest().digest(frameId.getBytes(StandardCharsets.UTF_8)))
                .getLong();
        if (!known.add(hash)) {
            return false;
        }
        oldestFirst.addLast(hash);
        forgetTheOldest();
        return true;
    }

    private void forgetTheOldest() {
        while (oldestFirst.size() > capacity) {
            known.remove(oldestFirst.removeFirst());
        }
    }

    /** What is known, oldest first. */
    public List<Long> state() {
        return List.copyOf(oldestFirst);
    }

    /** @param state as {@link #state()} gave it; of a larger filter, the newest are known */
    public void restore(Collection<Long> state) {
        known.clear();
        oldestFirst.clear();
        state.forEach(hash -> {
            known.add(hash);
            oldestFirst.addLast(hash);
        });
        forgetTheOldest();
    }
}
