/** Ed25519 keys, signatures and the keys that a vehicle trusts. Immutable: any thread. */
@NullMarked
package dev.reflux.registry.format.signing;

import org.jspecify.annotations.NullMarked;
