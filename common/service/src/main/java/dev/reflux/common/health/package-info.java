/** What a service says of itself over HTTP: alive, ready, metrics. Checks are called from the server's own threads. */
@NullMarked
package dev.reflux.common.health;

import org.jspecify.annotations.NullMarked;
