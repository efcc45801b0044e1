/**
 * What travels between Reflux's services and how it is read: messages, tensors, label maps and cards; how a Kafka
 * consumer is owned; how configuration, health and meters look. Knows no DJL, no Vert.x and no MinIO.
 */
@NullMarked
package dev.reflux.common;

import org.jspecify.annotations.NullMarked;
