package dev.reflux.teacher;

import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import dev.reflux.teacher.publish.PublishFailedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a service, from its first part to its end.
 *
 * <ol>
 *   <li>It ends once: by {@link #fail}, by {@link #close}, or by both in this order.
 *   <li>Only the first failure counts, and none after the begin of a close.
 *   <li>{@link #close} closes the parts in the reverse order in which they were added. A part that cannot be closed does
 *       not keep the others open.
 * </ol>
 *
 * <p>Threading: {@link #closes} belongs to the thread that starts the service; the other methods may be called from any
 * thread.
 */
final class TeacherLifecycle implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TeacherLifecycle.class);

    private final Consumer<Throwable> onFailure;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean closing = new AtomicBoolean();

    /** @param onFailure called once if the service cannot go on, on the thread that found it out */
    TeacherLifecycle(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /** Adds a part that {@link #close} closes. */
    <T extends AutoCloseable> T closes(T part) {
        parts.push(part);
        return part;
    }

    /** Ends the service because it cannot go on. */
    void fail(Throwable cause) {
        if (closing.get() || !failure.compareAndSet(null, cause)) {
            return;
        }
        if (cause instanceof UsageException || cause instanceof PublishFailedException) {
            LOG.error("The teacher cannot go on: {}", Cause.of(cause));
        } else {
            LOG.error("The teacher cannot go on: {}", cause.toString(), cause);
        }
        onFailure.accept(cause);
        ended.countDown();
    }

    /** Returns the cause if the service has failed. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Returns whether a close has begun. */
    boolean closing() {
        return closing.get();
    }

    /**
     * Waits for the end of the service.
     *
     * @return the cause of the failure, or null after a close
     */
    @Nullable
    Throwable await() throws InterruptedException {
        ended.await();
        return failure.get();
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("A part of the teacher cannot be closed: {}", e.toString());
            }
        }
        ended.countDown();
    }
}
