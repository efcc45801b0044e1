/**
 * Topics, Kafka clients, the poll loop that owns a consumer, and dead letters. A consumer belongs to the one thread of its
 * poll loop; receipts may be used on any thread.
 */
@NullMarked
package dev.reflux.common.kafka;

import org.jspecify.annotations.NullMarked;
