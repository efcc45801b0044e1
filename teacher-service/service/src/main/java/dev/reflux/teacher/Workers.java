package dev.reflux.teacher;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a teacher: one event loop, which owns the state of the stages, and the workers, which do everything that
 * blocks.
 *
 * <ol>
 *   <li>{@link #torch} has one thread. PyTorch computes on threads of its own, and a second caller would compete for them.
 *   <li>{@link #publishing} has one thread, which owns the producer.
 *   <li>{@link #decoding} has {@code compute.decode-threads} threads.
 * </ol>
 */
final class Workers implements AutoCloseable {

    /** Vert.x warns about a task that takes longer. */
    private static final Duration LONGEST_TASK = Duration.ofMinutes(10);
    /** A transaction ends in less than a second; a broker that is gone must not hold up a close for long. */
    private static final Duration LAST_TRANSACTION_WITHIN = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Context context;
    private final WorkerExecutor torch;
    private final WorkerExecutor decoding;
    private final WorkerExecutor publishing;

    private Workers(Vertx vertx, int decodeThreads) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.torch = executor("teacher-torch", 1);
        this.decoding = executor("teacher-decode", decodeThreads);
        this.publishing = executor("teacher-publish", 1);
    }

    static Workers start(int decodeThreads) {
        return new Workers(
                Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1)), decodeThreads);
    }

    private WorkerExecutor executor(String name, int threads) {
        return vertx.createSharedWorkerExecutor(name, threads, LONGEST_TASK.toMillis(), TimeUnit.MILLISECONDS);
    }

    Context context() {
        return context;
    }

    WorkerExecutor torch() {
        return torch;
    }

    WorkerExecutor decoding() {
        return decoding;
    }

    WorkerExecutor publishing() {
        return publishing;
    }

    /** Runs a task on the torch thread and waits for it. Not for an event loop. */
    <T> T onTorch(Callable<T> task) {
        return result(torch.executeBlocking(task));
    }

    /** Calls a task on the event loop after a delay, unless the returned timer is closed before. */
    Timer after(Duration delay, Runnable task) {
        long id = vertx.setTimer(delay.toMillis(), fired -> task.run());
        return () -> vertx.cancelTimer(id);
    }

    /** A task that is waiting for its time. */
    @FunctionalInterface
    interface Timer extends AutoCloseable {

        /** Cancels the task if it has not run. */
        @Override
        void close();
    }

    /** Runs a last task when the publishing thread has finished what it was given, and waits for it. */
    void finishPublishing(Runnable last) throws Exception {
        publishing
                .executeBlocking(Executors.callable(last, true))
                .toCompletionStage()
                .toCompletableFuture()
                .get(LAST_TRANSACTION_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        result(vertx.close());
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
