/** The figures we publish, each with its baseline in the same run. */
@NullMarked
package dev.reflux.benchmarks;

import org.jspecify.annotations.NullMarked;
