/**
 * Labelled frames on their way to the brokers. A pusher belongs to one thread; its progress may be read from any.
 */
@NullMarked
package dev.reflux.fleet.push;

import org.jspecify.annotations.NullMarked;
