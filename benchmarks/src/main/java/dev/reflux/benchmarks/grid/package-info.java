/** What benchmarks do with maps on grids. Stateless: any thread. */
@NullMarked
package dev.reflux.benchmarks.grid;

import org.jspecify.annotations.NullMarked;
