package dev.reflux.trainer.publish;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the tasks that follow a publication and must not hold up training: the promotion gate and the deltas.
 *
 * <ol>
 *   <li>The tasks run after every publication, at a fixed interval, and a last time when the loop is closed.
 *   <li>A task that fails, with an exception or an error, is logged; it does not keep the other tasks or later runs from
 *       taking place. No task is needed for a version to be complete.
 *   <li>Runs are on one thread of the loop's own, one after another.
 * </ol>
 *
 * All methods may be called from any thread.
 */
public final class PromotionLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PromotionLoop.class);
    private static final int LAST_RUN_SECONDS = 60;

    private final String model;
    private final List<Task> tasks;
    private final ScheduledExecutorService thread;

    /**
     * Something to do after a publication.
     *
     * @param name the subject of log messages, such as "promotion gate"
     * @param work does it, on the loop's thread
     */
    public record Task(String name, Runnable work) {}

    /**
     * Starts the loop.
     *
     * @param model the name of the model, for log messages
     * @param every the interval of the runs between publications
     * @param tasks what a run does, in this order
     */
    public PromotionLoop(String model, Duration every, List<Task> tasks) {
        this.model = model;
        this.tasks = List.copyOf(tasks);
        this.thread = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread promotions = new Thread(run, "trainer-promotions");
            promotions.setDaemon(true);
            return promotions;
        });
        thread.scheduleWithFixedDelay(this::run, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs the tasks soon, because there is a new version. */
    public void published() {
        thread.execute(this::run);
    }

    private void run() {
        tasks.forEach(this::run);
    }

    /** Catches errors too: one that left a run would cancel all later runs of the schedule, without a log message. */
    private void run(Task task) {
        try {
            task.work().run();
        } catch (RuntimeException e) {
            LOG.warn("The {} of {} failed and will run again: {}", task.name(), model, e.getMessage());
        } catch (Error e) {
            LOG.error("The {} of {} failed and will run again", task.name(), model, e);
        }
    }

    /** Runs the tasks a last time, and waits for their end. */
    @Override
    public void close() {
        thread.execute(this::run);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LAST_RUN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn(
                        "Promotions and deltas of {} did not end within {} s; the next trainer will continue them",
                        model,
                        LAST_RUN_SECONDS);
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
