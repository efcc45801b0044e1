package dev.reflux.registry.store;

import java.util.List;

/**
 * The result of a check of a model line.
 *
 * @param versions the number of versions that were checked
 * @param files the number of artifacts that were fetched and hashed
 * @param findings a sentence for each problem; empty when there is none
 */
public record CheckReport(int versions, int files, List<String> findings) {}
