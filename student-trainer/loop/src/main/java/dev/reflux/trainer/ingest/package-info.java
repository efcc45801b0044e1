/** Decodes messages into training samples, and drops duplicates. Decoding may run on any thread; samples are immutable. */
@NullMarked
package dev.reflux.trainer.ingest;

import org.jspecify.annotations.NullMarked;
