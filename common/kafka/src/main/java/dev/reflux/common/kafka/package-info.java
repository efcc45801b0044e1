/**
 * How a Kafka consumer is owned, what the topics are, and how a refused record is kept. A consumer belongs to its poll
 * loop's one thread; receipts may be handed in from any thread.
 */
@NullMarked
package dev.reflux.common.kafka;

import org.jspecify.annotations.NullMarked;
