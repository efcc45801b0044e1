/** The promotion gate: canary, promotion and rollback of versions. Blocks on the network; one step at a time for a model line. */
@NullMarked
package dev.reflux.registry.gate;

import org.jspecify.annotations.NullMarked;
