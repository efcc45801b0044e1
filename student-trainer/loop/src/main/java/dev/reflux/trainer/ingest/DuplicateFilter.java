package dev.reflux.trainer.ingest;

import dev.reflux.common.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the most recent frame ids, by 64 bits of their SHA-256, so that a frame that is sent twice is trained on once.
 * With each id it remembers where in the log the frame is.
 * The number of ids is bounded; the oldest are dropped first. The training thread only.
 */
public final class DuplicateFilter {

    private static final long NOWHERE = -1;

    private final int capacity;
    private final Deque<Long> oldestFirst = new ArrayDeque<>();
    private final Map<Long, Long> known = new HashMap<>();

    /** @param capacity the number of remembered frames, at least 1 */
    public DuplicateFilter(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, not " + capacity);
        }
        this.capacity = capacity;
    }

    /** Returns whether the frame is not among the remembered ones, and remembers it. */
    public boolean firstSight(String frameId) {
        return firstSight(frameId, null);
    }

    /**
     * Returns whether the frame is not among the remembered ones, and remembers it.
     *
     * @param place where the frame is; null if that is not known
     */
    public boolean firstSight(String frameId, @Nullable FramePlace place) {
        long hash = hash(frameId);
        if (known.putIfAbsent(hash, place == null ? NOWHERE : place.packed()) != null) {
            return false;
        }
        oldestFirst.addLast(hash);
        dropOldest();
        return true;
    }

    /**
     * Returns where the first frame of an id is; null if it is not remembered, or its place was not known.
     *
     * @param again where a later frame of the same id is
     */
    public @Nullable FramePlace firstPlace(String frameId, FramePlace again) {
        long packed = known.getOrDefault(hash(frameId), NOWHERE);
        return packed == NOWHERE ? null : again.unpacked(packed);
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

    /** Returns the places of the remembered frames as {@link FramePlace#packed} numbers, oldest first; -1 if not known. */
    public List<Long> places() {
        List<Long> places = new ArrayList<>(oldestFirst.size());
        oldestFirst.forEach(hash -> places.add(known.getOrDefault(hash, NOWHERE)));
        return places;
    }

    /** @param state a result of {@link #state()}; of a larger filter, the newest hashes are kept */
    public void restore(Collection<Long> state) {
        restore(state, List.of());
    }

    /**
     * @param state a result of {@link #state()}; of a larger filter, the newest hashes are kept
     * @param places the result of {@link #places()} of the same filter; empty if the places are not known
     */
    public void restore(Collection<Long> state, List<Long> places) {
        known.clear();
        oldestFirst.clear();
        int next = 0;
        for (long hash : state) {
            known.put(hash, places.size() == state.size() ? places.get(next) : NOWHERE);
            oldestFirst.addLast(hash);
            next++;
        }
        dropOldest();
    }
}
