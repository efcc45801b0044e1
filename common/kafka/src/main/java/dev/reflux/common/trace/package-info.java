/** Which trace a frame belongs to, in Kafka headers and in log lines. Any thread; a log scope stays on its own. */
@NullMarked
package dev.reflux.common.trace;

import org.jspecify.annotations.NullMarked;
