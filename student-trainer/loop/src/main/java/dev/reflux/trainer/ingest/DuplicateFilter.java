package dev.reflux.trainer.ingest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the most recent frames by their {@linkplain DecodedSample#identity identity}, so that a frame that is sent twice
 * is trained on once; another frame under the same id is another frame. With each frame it remembers where in the log it is.
 * The number of frames is bounded; the oldest are dropped first. The training thread only.
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

    /**
     * Returns whether the frame is not among the remembered ones, and remembers it.
     *
     * @param identity the {@link DecodedSample#identity} of the frame
     */
    public boolean firstSight(long identity) {
        return firstSight(identity, null);
    }

    /**
     * Returns whether the frame is not among the remembered ones, and remembers it.
     *
     * @param identity the {@link DecodedSample#identity} of the frame
     * @param place where the frame is; null if that is not known
     */
    public boolean firstSight(long identity, @Nullable FramePlace place) {
        if (known.putIfAbsent(identity, place == null ? NOWHERE : place.packed()) != null) {
            return false;
        }
        oldestFirst.addLast(identity);
        dropOldest();
        return true;
    }

    /**
     * Forgets a frame that has had no effect, so that it may be sent again.
     *
     * @param identity the {@link DecodedSample#identity} of the frame
     */
    public void forget(long identity) {
        known.remove(identity);
        oldestFirst.removeLastOccurrence(identity);
    }

    /**
     * Returns where a frame was first; null if it is not remembered, or its place was not known.
     *
     * @param again where the same frame is again
     */
    public @Nullable FramePlace firstPlace(long identity, FramePlace again) {
        long packed = known.getOrDefault(identity, NOWHERE);
        return packed == NOWHERE ? null : again.unpacked(packed);
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

    /** Returns the places of the remembered frames as {@link FramePlace#packed} numbers, oldest first; -1 if not known. */
    public List<Long> places() {
        List<Long> places = new ArrayList<>(oldestFirst.size());
        oldestFirst.forEach(identity -> places.add(known.getOrDefault(identity, NOWHERE)));
        return places;
    }

    /** @param state a result of {@link #state()}; of a larger filter, the newest identities are kept */
    public void restore(Collection<Long> state) {
        restore(state, List.of());
    }

    /**
     * @param state a result of {@link #state()}; of a larger filter, the newest identities are kept
     * @param places the result of {@link #places()} of the same filter; empty if the places are not known
     */
    public void restore(Collection<Long> state, List<Long> places) {
        known.clear();
        oldestFirst.clear();
        int next = 0;
        for (long identity : state) {
            known.put(identity, places.size() == state.size() ? places.get(next) : NOWHERE);
            oldestFirst.addLast(identity);
            next++;
        }
        dropOldest();
    }
}
