package dev.reflux.registry.store;

import java.util.List;

/**
 * What a reaper removed, or would remove.
 *
 * @param versions the numbers of the versions, ascending
 * @param files the number of artifacts and deltas
 * @param bytes the sum of their lengths
 */
public record ReapReport(List<Long> versions, int files, long bytes) {}
