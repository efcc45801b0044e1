/** What it costs to bring a vehicle from one version of a student to the next. One thread. */
@NullMarked
package dev.reflux.benchmarks.delta;

import org.jspecify.annotations.NullMarked;
