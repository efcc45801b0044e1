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
 * Remembers the most recent frames and labels by their {@linkplain DecodedSample#identity identities}, so that a frame that is
 * sent twice is trained on once, and so is its label. Another image under the same id is another frame; another label of the
 * same frame is a correction, and counts as a label. With each it remembers where in the log it is. The number of remembered
 * identities is bounded; the oldest are dropped first. The training thread only.
 */
public final class DuplicateFilter {

    private static final long NOWHERE = -1;

    private final int capacity;
    private final Deque<Long> oldestFirst = new ArrayDeque<>();
    private final Map<Long, Long> known = new HashMap<>();

    /** What a message brings. */
    public enum Sight {
        /** A frame, with its label if it has one. */
        FRAME,
        /** A label of a frame that has come before. */
        LABEL,
        /** Nothing that has not come before. */
        DUPLICATE
    }

    /** @param capacity the number of remembered identities, at least 1; a labeled frame has two */
    public DuplicateFilter(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, not " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Returns what a message brings, and remembers it.
     *
     * @param identity the {@link DecodedSample#identity} of the message
     * @param frame the {@link DecodedSample#frame} of the message
     * @param place where the message's frame is; null if that is not known
     */
    public Sight see(long identity, long frame, @Nullable FramePlace place) {
        if (known.containsKey(identity)) {
            return Sight.DUPLICATE;
        }
        Sight sight = known.containsKey(frame) ? Sight.LABEL : Sight.FRAME;
        long at = place == null ? NOWHERE : place.packed();
        remember(frame, at);
        remember(identity, at);
        dropOldest();
        return sight;
    }

    private void remember(long identity, long place) {
        if (known.putIfAbsent(identity, place) == null) {
            oldestFirst.addLast(identity);
        }
    }

    /**
     * Forgets a message that has had no effect, so that it may be sent again.
     *
     * @param sight what {@link #see} returned for it
     */
    public void forget(Sight sight, long identity, long frame) {
        forget(identity);
        if (sight == Sight.FRAME) {
            forget(frame);
        }
    }

    private void forget(long identity) {
        known.remove(identity);
        oldestFirst.removeLastOccurrence(identity);
    }

    /**
     * Returns where a frame or label was first; null if it is not remembered, or its place was not known.
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

    /** Returns the places of the remembered identities as {@link FramePlace#packed} numbers, oldest first; -1 if not known. */
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
