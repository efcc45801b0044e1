/** The frames that trainers want labels for, as they write them to Kafka. A reader runs on the thread that calls it. */
@NullMarked
package dev.reflux.fleet.wanted;

import org.jspecify.annotations.NullMarked;
