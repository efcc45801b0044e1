/** Whether training holds its memory. The thread that runs the benchmark only. */
@NullMarked
package dev.reflux.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
