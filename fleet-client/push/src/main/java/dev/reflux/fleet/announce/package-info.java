/** Student versions as the trainer announces them on Kafka. A follower runs on the thread that calls it. */
@NullMarked
package dev.reflux.fleet.announce;

import org.jspecify.annotations.NullMarked;
