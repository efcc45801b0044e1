package dev.reflux.teacher.pipeline;

import io.vertx.core.Future;

/**
 * One stage of the pipeline, as its predecessor sees it.
 *
 * <ol>
 *   <li>Items are processed in the order in which they are offered.
 *   <li>The returned future completes when the stage has begun to process the item, and fails when it never will.
 *   <li>A predecessor that waits for this future before it offers the next item leaves the stage with at most one item
 *       in process and one that waits. That is the back-pressure between stages. A predecessor that does not wait must
 *       bound what it offers by itself.
 *   <li>{@link #offer} never blocks and may be called from any thread.
 * </ol>
 *
 * @param <I> the item that the stage takes
 */
public interface Stage<I> {

    /** Hands an item to this stage. */
    Future<Void> offer(I item);

    /** Returns the stage behind the last one: it takes every item at once and drops it. */
    static <I> Stage<I> end() {
        return item -> Future.succeededFuture();
    }
}
