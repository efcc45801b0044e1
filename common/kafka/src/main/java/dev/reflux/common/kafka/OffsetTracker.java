package dev.reflux.common.kafka;

import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What of one partition is finished. Records finish in any order; only the contiguous prefix counts, so that a commit
 * never steps over a record that is still under way. Not thread-safe: the poll thread's.
 */
final class OffsetTracker {

    private final TreeMap<Long, Boolean> finishedByOffset = new TreeMap<>();
    private long next = -1;
    private long committed = -1;

    /** @param offset above every offset begun before */
    void begin(long offset) {
        finishedByOffset.put(offset, false);
    }

    void finish(long offset) {
        if (finishedByOffset.replace(offset, true) == null) {
            throw new IllegalStateException("offset " + offset + " was finished twice or never begun");
        }
        while (!finishedByOffset.isEmpty() && finishedByOffset.firstEntry().getValue()) {
            next = finishedByOffset.pollFirstEntry().getKey() + 1;
        }
    }

    /** Whether every record that was begun is finished. */
    boolean idle() {
        return finishedByOffset.isEmpty();
    }

    /** The offset to commit, when it is further than the last one taken. */
    OptionalLong takeCommit() {
        if (next <= committed) {
            return OptionalLong.empty();
        }
        committed = next;
        return OptionalLong.of(next);
    }
}
