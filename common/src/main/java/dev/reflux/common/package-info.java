/** What travels: messages, tensors, label maps, topics; how a Kafka consumer is owned; how configuration, health and meters look. */
@NullMarked
package dev.reflux.common;

import org.jspecify.annotations.NullMarked;
