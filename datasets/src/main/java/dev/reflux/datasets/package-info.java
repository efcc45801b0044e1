/** Labeled driving scenes as streams of frames. Data sets are immutable and may be read from any thread. */
@NullMarked
package dev.reflux.datasets;

import org.jspecify.annotations.NullMarked;
