package dev.reflux.registry.format;

import java.time.Instant;

/**
 * A change of an alias.
 *
 * @param number the number of the change, from 1; the highest is in force
 * @param version the version that the alias points at
 * @param newest the newest version that the alias has pointed at; above {@code version} after a rollback
 * @param at the time, by the clock of the author
 * @param by the author, a person or a service
 * @param reason the reason, for people
 */
public record AliasChange(long number, long version, long newest, Instant at, String by, String reason) {

    /** Returns whether the alias goes, or still is, backwards on purpose: it points below a version that it has pointed at. */
    public boolean rollback() {
        return version < newest;
    }
}
