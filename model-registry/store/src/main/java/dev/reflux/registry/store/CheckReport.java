package dev.reflux.registry.store;

import java.util.List;

/**
 * What a walk over a model line found.
 *
 * @param versions that were looked at
 * @param files that were fetched and hashed
 * @param findings one sentence for each thing that is wrong; empty when everything is in order
 */
public record CheckReport(int versions, int files, List<String> findings) {}
