/**
 * The joints of the teacher's pipeline: stages that are typed, ordered and bounded.
 *
 * <p><b>Why Vert.x contexts and no verticles.</b> One event-loop context owns the state of all stages, so that no stage
 * needs a lock; worker executors run what blocks (decoding, PyTorch, Kafka); futures carry the back-pressure. The event
 * bus takes no part: an item holds native memory of PyTorch and must have exactly one receiver, and a send over the bus
 * does not say when that receiver has begun. A stage is therefore not deployed and not addressed; it is an object with a
 * context (docs/adr/0037).
 *
 * <p>Threading: {@link dev.reflux.teacher.pipeline.Stage#offer} may be called from any thread.
 */
@NullMarked
package dev.reflux.teacher.pipeline;

import org.jspecify.annotations.NullMarked;
