/**
 * Writing to a registry: publication, aliases, tags, journals, retention, deltas, and the bucket itself. Everything here blocks on
 * the network: never call it from an event loop. Every class may be used from any thread, unless it says otherwise.
 */
@NullMarked
package dev.reflux.registry.store;

import org.jspecify.annotations.NullMarked;
