/** What benchmarks do with maps on grids. Stateless: any thread. */
@NullMarked
package dev.reflux.lab.grid;

import org.jspecify.annotations.NullMarked;
