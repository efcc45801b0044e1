/** The meters of the services. Any thread. */
@NullMarked
package dev.reflux.common.meters;

import org.jspecify.annotations.NullMarked;
