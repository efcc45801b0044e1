/**
 * From records to batches of decoded frames.
 *
 * <p>Threading: records are handed over on the poll thread; decoding runs on the decode workers.
 */
@NullMarked
package dev.reflux.teacher.ingest;

import org.jspecify.annotations.NullMarked;
