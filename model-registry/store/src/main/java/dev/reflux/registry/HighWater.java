package dev.reflux.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The highest number that has been seen of each log: whoever asks again need not list what was there before. It is where
 * to begin to look, never an answer. Any thread.
 */
final class HighWater {

    private final Map<String, Long> seen = new ConcurrentHashMap<>();

    /** 0 when nothing has been seen. */
    long of(String log) {
        return seen.getOrDefault(log, 0L);
    }

    void set(String log, long number) {
        seen.put(log, number);
    }
}
