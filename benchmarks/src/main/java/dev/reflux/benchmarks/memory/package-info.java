/** Whether the memory of training stays flat. Confined to the thread that runs the benchmark. */
@NullMarked
package dev.reflux.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
