/** What a frame costs, stage by stage, and what Kafka costs beside the same work fed from memory. The thread that runs a benchmark only, unless a class says otherwise. */
@NullMarked
package dev.reflux.benchmarks.throughput;

import org.jspecify.annotations.NullMarked;
