/** Plots of scores as SVG. Nothing here is thread-safe: each plot has one owner. */
@NullMarked
package dev.reflux.evaluation.plot;

import org.jspecify.annotations.NullMarked;
