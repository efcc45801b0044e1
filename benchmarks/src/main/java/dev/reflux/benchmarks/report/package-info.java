/** Tables, spreads and files of figures, with the machine of the measurement. Thread-safe. */
@NullMarked
package dev.reflux.benchmarks.report;

import org.jspecify.annotations.NullMarked;
