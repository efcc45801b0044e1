/** Liveness, readiness and metrics of a service over HTTP. The server's own threads call the checks. */
@NullMarked
package dev.reflux.common.health;

import org.jspecify.annotations.NullMarked;
