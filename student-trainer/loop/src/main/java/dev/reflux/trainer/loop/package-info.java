/**
 * The learning loop: samples in, optimizer steps out, without Kafka, registry or checkpoint file. The training service and
 * the benchmarks run the same loop. The training thread only.
 */
@NullMarked
package dev.reflux.trainer.loop;

import org.jspecify.annotations.NullMarked;
