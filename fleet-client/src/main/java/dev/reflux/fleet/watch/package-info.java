/** Hearing of new students: from Kafka, or by asking the registry. A watch runs on the thread that calls it. */
@NullMarked
package dev.reflux.fleet.watch;

import org.jspecify.annotations.NullMarked;
