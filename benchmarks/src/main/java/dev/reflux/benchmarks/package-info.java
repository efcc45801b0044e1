/** The published figures of cost and speed, each with its baseline in the same run. Each package states its threads. */
@NullMarked
package dev.reflux.benchmarks;

import org.jspecify.annotations.NullMarked;
