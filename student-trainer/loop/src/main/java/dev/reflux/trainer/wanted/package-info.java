/**
 * Which frames deserve a label: scores the frames without one, and chooses the best of each window. Nothing here computes with
 * tensors or knows Kafka. The training service and the benchmarks make the same choices. The training thread only.
 */
@NullMarked
package dev.reflux.trainer.wanted;

import org.jspecify.annotations.NullMarked;
