/** Orderly shutdown of a process. Any thread. */
@NullMarked
package dev.reflux.common.shutdown;

import org.jspecify.annotations.NullMarked;
