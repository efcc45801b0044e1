/** Records to batches of decoded frames. The poll thread hands records over; decoding runs on its own workers. */
@NullMarked
package dev.reflux.teacher.ingest;

import org.jspecify.annotations.NullMarked;
