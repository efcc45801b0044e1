/** Class-major logit maps and their form on the wire. Stateless; any thread. */
@NullMarked
package dev.reflux.common.tensor;

import org.jspecify.annotations.NullMarked;
