/**
 * The registry over HTTP. Handlers run on one event loop, which owns the watches; whatever asks the store runs on worker
 * threads.
 */
@NullMarked
package dev.reflux.registry.http;

import org.jspecify.annotations.NullMarked;
