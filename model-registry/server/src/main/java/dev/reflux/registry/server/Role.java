package dev.reflux.registry.server;

/** What the bearer of a token may do. */
public enum Role {
    /** Anybody, without a token. */
    NOBODY,
    /** A vehicle: reads, watches, reports. */
    READER,
    /** Also promotes, rolls back and tags. */
    ADMIN;

    boolean may(Role needed) {
        return compareTo(needed) >= 0;
    }
}
