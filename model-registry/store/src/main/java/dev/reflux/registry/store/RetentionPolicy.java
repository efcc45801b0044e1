package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import java.time.Duration;

/**
 * Which versions are kept. The newest version, and those that an alias points at, always are.
 *
 * @param newest the number of newest versions, at least 1
 * @param every keeps each version whose number is a multiple of this; 0 for none
 * @param grace the age at which a file that no manifest names is removed, at least an hour
 */
public record RetentionPolicy(int newest, int every, Duration grace) {

    /** Twice the longest duration of a publication. */
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

    /** Returns a policy that keeps a number of newest versions, and those that an alias points at. */
    public static RetentionPolicy newest(int versions) {
        return new RetentionPolicy(versions, 0, SHORTEST_GRACE);
    }

    boolean keeps(long version, long highest) {
        return version > highest - newest || every > 0 && version % every == 0;
    }
}
