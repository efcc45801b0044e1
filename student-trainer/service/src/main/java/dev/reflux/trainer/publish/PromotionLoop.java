package dev.reflux.trainer.publish;

import dev.reflux.registry.gate.Decision;
import dev.reflux.registry.gate.PromotionGate;
import dev.reflux.registry.store.ModelRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work after a publication that must not hold up training: the promotion gate, and the delta from the version before.
 *
 * <ol>
 *   <li>It runs after every publication, at a fixed interval, and a last time when it is closed.
 *   <li>A run that fails, with an exception or an error, is logged; the next run takes place all the same. Neither gate nor
 *       delta is needed for a version to be complete.
 *   <li>A failure of the gate does not keep deltas from being made.
 *   <li>Runs are on one thread of the loop's own, one after another.
 * </ol>
 *
 * All methods may be called from any thread.
 */
public final class PromotionLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PromotionLoop.class);
    private static final int LAST_RUN_SECONDS = 60;

    private final String model;
    private final Optional<PromotionGate> gate;
    private final Optional<DeltaBacklog> deltas;
    private final ScheduledExecutorService thread;

    /**
     * Starts the loop.
     *
     * @param registry where the versions are
     * @param model the name of the model
     * @param makesDeltas whether each version gets a delta from the version before it
     * @param gate decides which versions become canary and champion; empty if only people do
     * @param every the interval of the runs between publications
     */
    public PromotionLoop(
            ModelRegistry registry, String model, boolean makesDeltas, Optional<PromotionGate> gate, Duration every) {
        this.model = model;
        this.gate = gate;
        this.deltas = makesDeltas ? Optional.of(new DeltaBacklog(registry, model)) : Optional.empty();
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread promotions = new Thread(task, "trainer-promotions");
            promotions.setDaemon(true);
            return promotions;
        });
        thread.scheduleWithFixedDelay(this::run, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs soon, because there is a new version. */
    public void published() {
        thread.execute(this::run);
    }

    private void run() {
        gate.ifPresent(promotions -> guarded("promotion gate", () -> step(promotions)));
        deltas.ifPresent(maker -> guarded("deltas", maker::run));
    }

    /** An exception that left a run would cancel all later runs of the schedule, without a word. */
    private void guarded(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("The {} of {} failed and will run again: {}", what, model, e.getMessage());
        } catch (Error e) {
            LOG.error("The {} of {} failed and will run again", what, model, e);
        }
    }

    private void step(PromotionGate promotions) {
        for (Decision decision : promotions.step()) {
            LOG.info(
                    "The promotion gate of {}: version {} {}: {}.",
                    model,
                    decision.version(),
                    decision.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    decision.reason());
        }
    }

    /** Runs a last time, and waits for the end of that. */
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
