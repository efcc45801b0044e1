package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import java.time.Duration;

/**
 * Which versions stay. Those that an alias points at, and the newest one, always do.
 *
 * @param newest how many of the newest, at least 1
 * @param every also each version whose number this divides; 0: none
 * @param grace how old a file must be before it counts as forgotten by a publisher, at least an hour
 */
public record RetentionPolicy(int newest, int every, Duration grace) {

    /** Twice what a publication may take. */
    public static final Duration SHORTEST_GRACE = Publisher.LONGEST_PUBLICATION.multipliedBy(2);

    public RetentionPolicy {
        if (newest < 1 || every < 0) {
            throw new UsageException(
                    "A retention keeps at least 1 of the newest versions and every 0th (none) or n-th; got " + newest
                            + " and " + every + ".");
        }
        if (grace.compareTo(SHORTEST_GRACE) < 0) {
            throw new UsageException("The grace of a retention must be " + SHORTEST_GRACE.toMinutes()
                    + " minutes at least, since a publication may take half of that.");
        }
    }

    /** Keeps so many, and nothing else but what has a name. */
    public static RetentionPolicy newest(int versions) {
        return new RetentionPolicy(versions, 0, SHORTEST_GRACE);
    }

    boolean keeps(long version, long highest) {
        return version > highest - newest || every > 0 && version % every == 0;
    }
}
