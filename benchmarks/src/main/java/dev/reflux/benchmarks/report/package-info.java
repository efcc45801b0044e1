/** How a figure is told: as a table for people, with the machine that it was measured on. Any thread. */
@NullMarked
package dev.reflux.benchmarks.report;

import org.jspecify.annotations.NullMarked;
