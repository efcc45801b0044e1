/**
 * Labeled frames, pushed to the brokers. A pusher belongs to one thread; only {@code stop} may be called from any.
 */
@NullMarked
package dev.reflux.fleet.push;

import org.jspecify.annotations.NullMarked;
