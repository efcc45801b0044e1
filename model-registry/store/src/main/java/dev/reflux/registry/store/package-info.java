/** The object store behind the registry. Blocking; any thread. */
@NullMarked
package dev.reflux.registry.store;

import org.jspecify.annotations.NullMarked;
