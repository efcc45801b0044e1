package dev.reflux.registry.store;

import java.util.List;

/**
 * What a reaper removed, or would.
 *
 * @param versions numbers, ascending
 * @param files objects
 * @param bytes their lengths together
 */
public record ReapReport(List<Long> versions, int files, long bytes) {}
