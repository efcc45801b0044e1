/** Plots of scores as SVG. One thread owns each plot. */
@NullMarked
package dev.reflux.evaluation.plot;

import org.jspecify.annotations.NullMarked;
