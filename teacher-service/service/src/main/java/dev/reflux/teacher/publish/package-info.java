/**
 * Publishes samples, dead letters and consumed offsets in one Kafka transaction.
 *
 * <p>Threading: the publish worker only, except for {@link dev.reflux.teacher.publish.CommitWindow}.
 */
@NullMarked
package dev.reflux.teacher.publish;

import org.jspecify.annotations.NullMarked;
