/** From a Kafka record to a sample that can teach. Decoding runs beside the training thread; what it makes is immutable. */
@NullMarked
package dev.reflux.trainer.ingest;

import org.jspecify.annotations.NullMarked;
