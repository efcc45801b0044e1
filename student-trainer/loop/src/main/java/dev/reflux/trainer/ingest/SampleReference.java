package dev.reflux.trainer.ingest;

/**
 * The place of a sample in the log, by which it can be read again.
 *
 * @param partition the partition of the topic
 * @param offset the offset in the partition
 */
public record SampleReference(int partition, long offset) {}
