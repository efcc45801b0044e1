/** The cost of the step from one version of a student to the next. Not thread-safe. */
@NullMarked
package dev.reflux.benchmarks.delta;

import org.jspecify.annotations.NullMarked;
