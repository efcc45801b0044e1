/** Who of the versions may be live: the gate before promotion, the canary, and the way back. Any thread; blocks. */
@NullMarked
package dev.reflux.registry.gate;

import org.jspecify.annotations.NullMarked;
