/** Who may say what a student is: Ed25519 keys, signatures and the keys that a vehicle trusts. Any thread. */
@NullMarked
package dev.reflux.registry.format.signing;

import org.jspecify.annotations.NullMarked;
