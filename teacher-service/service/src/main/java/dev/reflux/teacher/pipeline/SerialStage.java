package dev.reflux.teacher.pipeline;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A stage that processes one item at a time on a worker. It hands its result on before it takes the next item; while its
 * successor is busy it holds the result and takes nothing.
 *
 * <p>Threading: the fields belong to the event loop of the context, {@link Work} runs on the worker. Stages may share a
 * context. {@link #offer} may be called from any thread.
 *
 * @param <I> the item that comes in
 * @param <O> the result that goes on
 */
public final class SerialStage<I, O> implements Stage<I> {

    /** The work of a stage. Runs on the stage's worker and may block. */
    @FunctionalInterface
    public interface Work<I, O> {

        /**
         * Processes one item.
         *
         * @throws Exception when the service cannot go on: the stage stops, and its observer is called
         */
        O apply(I item) throws Exception;
    }

    /** The number of frames in an item. */
    @FunctionalInterface
    public interface Size<I> {

        /** Returns the number of frames, at least 1. */
        int frames(I item);
    }

    private record Entry<I>(I item, Promise<Void> begun) {}

    private final StageName name;
    private final Context context;
    private final WorkerExecutor worker;
    private final Work<I, O> work;
    private final Size<I> size;
    private final Stage<? super O> next;
    private final StageObserver observer;

    private final Queue<Entry<I>> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean failed;

    private SerialStage(
            StageName name,
            Context context,
            WorkerExecutor worker,
            Work<I, O> work,
            Size<I> size,
            Stage<? super O> next,
            StageObserver observer) {
        this.name = name;
        this.context = context;
        this.worker = worker;
        this.work = work;
        this.size = size;
        this.next = next;
        this.observer = observer;
    }

    /**
     * Creates a stage without a successor.
     *
     * @param name the stage in meters, log lines and dead letters
     * @param context the owner of the stage's state
     * @param worker the threads of the work
     * @param observer called with each finished item, and once if the work fails
     */
    public static <I, O> Link<I, O> link(
            StageName name,
            Context context,
            WorkerExecutor worker,
            Work<I, O> work,
            Size<I> size,
            StageObserver observer) {
        return next -> new SerialStage<>(name, context, worker, work, size, next, observer);
    }

    @Override
    public Future<Void> offer(I item) {
        Promise<Void> begun = Promise.promise();
        context.runOnContext(now -> {
            waiting.add(new Entry<>(item, begun));
            pump();
        });
        return begun.future();
    }

    private void pump() {
        if (busy || failed) {
            return;
        }
        Entry<I> entry = waiting.poll();
        if (entry == null) {
            return;
        }
        busy = true;
        entry.begun().complete();
        // Not "ordered": Vert.x would order the work of all stages of this context one after the other.
        worker.executeBlocking(() -> timed(entry.item()), false)
                .compose(next::offer)
                .onComplete(handedOn -> context.runOnContext(now -> settle(handedOn.cause())));
    }

    private O timed(I item) throws Exception {
        long start = System.nanoTime();
        O result = work.apply(item);
        observer.worked(name, size.frames(item), System.nanoTime() - start);
        return result;
    }

    private void settle(@Nullable Throwable cause) {
        busy = false;
        if (cause != null) {
            // Later items must not overtake this one: offsets are committed in order.
            failed = true;
            observer.failed(name, cause);
            return;
        }
        pump();
    }
}
