/**
 * Student versions with their lineage, over an S3 store. Everything here blocks on the network: never call it from an
 * event loop. A {@link dev.reflux.registry.ModelRegistry} may be used from any thread.
 */
@NullMarked
package dev.reflux.registry;

import org.jspecify.annotations.NullMarked;
