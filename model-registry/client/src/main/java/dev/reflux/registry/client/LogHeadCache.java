package dev.reflux.registry.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The highest number that was seen of each log. It is a place to begin a search at, never an answer. Thread-safe.
 */
public final class LogHeadCache {

    private final Map<String, Long> seen = new ConcurrentHashMap<>();

    /** Returns the highest number seen of a log; 0 when none was seen. */
    long of(String log) {
        return seen.getOrDefault(log, 0L);
    }

    void set(String log, long number) {
        seen.put(log, number);
    }
}
