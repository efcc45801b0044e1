/**
 * What a vehicle has of a registry: find a version, fetch its artifacts or deltas, verify them. Everything here blocks on
 * the network: never call it from an event loop. Every class may be used from any thread.
 */
@NullMarked
package dev.reflux.registry.client;

import org.jspecify.annotations.NullMarked;
