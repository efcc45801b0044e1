package dev.reflux.registry.format;

import java.time.Instant;

/**
 * A name was pointed at a version.
 *
 * @param number from 1, by which a name's changes are ordered
 * @param version where it points since then
 * @param newest the newest version that had been let through by then; over {@code version} after a rollback
 * @param at when, by the clock of who did it
 * @param by who or what did it
 * @param reason for people
 */
public record AliasChange(long number, long version, long newest, Instant at, String by, String reason) {}
