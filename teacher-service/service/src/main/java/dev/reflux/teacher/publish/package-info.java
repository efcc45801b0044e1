/** Samples, dead letters and consumed offsets in one Kafka transaction. Publish worker only. */
@NullMarked
package dev.reflux.teacher.publish;

import org.jspecify.annotations.NullMarked;
