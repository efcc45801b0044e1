package dev.reflux.trainer.ingest;

/** Where a sample stands in the log: enough to read it again. */
public record SampleReference(int partition, long offset) {}
