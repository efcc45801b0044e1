/** Resampling of maps between grids. Stateless and thread-safe. */
@NullMarked
package dev.reflux.lab.grid;

import org.jspecify.annotations.NullMarked;
