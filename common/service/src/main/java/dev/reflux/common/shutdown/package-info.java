/** How a process that was asked to end does so. May be called from any thread. */
@NullMarked
package dev.reflux.common.shutdown;

import org.jspecify.annotations.NullMarked;
