/**
 * The registry over HTTP. Handlers run on one event loop, which owns the watches; whatever asks the store runs on worker
 * threads.
 */
@NullMarked
package dev.reflux.registry.server;

import org.jspecify.annotations.NullMarked;
