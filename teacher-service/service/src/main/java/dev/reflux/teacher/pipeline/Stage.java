package dev.reflux.teacher.pipeline;

import io.vertx.core.Future;

/**
 * Where a stage hands its results.
 *
 * <ol>
 *   <li>Items are worked on in the order in which they are offered.
 *   <li>The future completes when the stage has begun to work on the item. Who offers waits for it before offering the
 *       next one, so a stage holds at most one item at work and one that waits: that is the back-pressure.
 *   <li>{@code offer} never blocks and may be called from any thread.
 * </ol>
 */
public interface Stage<I> {

    Future<Void> offer(I item);
}
