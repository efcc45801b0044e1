/** Trace context of a frame in Kafka headers and in log lines. Any thread; a log scope belongs to the thread that opens it. */
@NullMarked
package dev.reflux.common.trace;

import org.jspecify.annotations.NullMarked;
