package dev.reflux.teacher.pipeline;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One stage at work: takes items in order, works on one at a time on a worker, and hands the result on before it takes
 * the next. While the next stage is busy this one holds its result and takes nothing: back-pressure reaches the poll
 * loop through the chain.
 *
 * <p>Threading: the fields belong to the context's event loop; {@link Work} runs on the worker.
 *
 * @param <I> what comes in
 * @param <O> what goes on
 */
public final class SerialStage<I, O> implements Stage<I> {

    /** The stage's work, on its worker thread. */
    @FunctionalInterface
    public interface Work<I, O> {
        O apply(I item) throws Exception;
    }

    /** How many frames an item stands for. */
    @FunctionalInterface
    public interface Size<I> {
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

    public SerialStage(
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
        worker.executeBlocking(() -> timed(entry.item()))
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
            // Nothing behind this item may overtake it: offsets are committed in order.
            failed = true;
            observer.failed(name, cause);
            return;
        }
        pump();
    }
}
