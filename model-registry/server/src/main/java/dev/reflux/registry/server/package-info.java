/**
 * The HTTP API of the registry. {@link dev.reflux.registry.server.RegistryMain} wires the classes in the order in which a
 * request passes them: deadline, metrics, access, body, contract, handler, store.
 *
 * <p>Threads: one event loop runs every handler and owns the subscriptions; worker threads run every call of the store.
 * A class that any thread may call says so.
 */
@NullMarked
package dev.reflux.registry.server;

import org.jspecify.annotations.NullMarked;
