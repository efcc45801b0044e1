/** Every meter that a Reflux service has. Any thread. */
@NullMarked
package dev.reflux.common.meters;

import org.jspecify.annotations.NullMarked;
