package dev.reflux.trainer.publish;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
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
 * What follows a publication and must not hold up training: the delta from the version before it, and a turn of the
 * promotion gate.
 *
 * <ol>
 *   <li>It turns after every publication, once in a while by itself, and a last time when it is closed.
 *   <li>What fails is told and done at a later turn: neither is needed for a version to be there.
 *   <li>Turns are on one thread of its own, one after the other.
 * </ol>
 *
 * All methods may be called from any thread.
 */
public final class LineKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LineKeeper.class);
    private static final int LAST_TURN_SECONDS = 60;

    private final ModelRegistry registry;
    private final String model;
    private final boolean makesDeltas;
    private final Optional<PromotionGate> gate;
    private final ScheduledExecutorService thread;
    private long coded;

    /**
     * Begins to turn.
     *
     * @param makesDeltas whether each version gets a delta from the one before it
     * @param gate empty: nobody but people points champion and canary
     * @param every how often it turns by itself
     */
    public LineKeeper(
            ModelRegistry registry, String model, boolean makesDeltas, Optional<PromotionGate> gate, Duration every) {
        this.registry = registry;
        this.model = model;
        this.makesDeltas = makesDeltas;
        this.gate = gate;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread keeper = new Thread(task, "trainer-line");
            keeper.setDaemon(true);
            return keeper;
        });
        thread.scheduleWithFixedDelay(this::turn, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** There is a new version: turns soon. */
    public void published() {
        thread.execute(this::turn);
    }

    private void turn() {
        try {
            gate.ifPresent(this::step);
            if (makesDeltas) {
                codeNewest();
            }
        } catch (RuntimeException e) {
            LOG.warn("Promotions and deltas of {} wait for the next turn: {}", model, e.getMessage());
        }
    }

    private void step(PromotionGate promotions) {
        for (Decision decision : promotions.step()) {
            LOG.info(
                    "The gate of {}: version {} {}: {}.",
                    model,
                    decision.version(),
                    decision.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    decision.reason());
        }
    }

    /** A restarted trainer begins with the newest version: its predecessor may have been killed before this. */
    private void codeNewest() {
        long newest = registry.reader()
                .current(model, AliasNames.LATEST)
                .map(AliasChange::newest)
                .orElse(0L);
        for (long to = coded == 0 ? newest : coded + 1; to <= newest; to++) {
            boolean bothThere = registry.reader()
                            .resolve(model, String.valueOf(to))
                            .isPresent()
                    && registry.reader().resolve(model, String.valueOf(to - 1)).isPresent();
            if (bothThere) {
                registry.deltas().add(model, to - 1, to);
            }
            coded = to;
        }
    }

    /** Turns a last time, and waits for that. */
    @Override
    public void close() {
        thread.execute(this::turn);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LAST_TURN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Promotions and deltas of {} did not end in time; the next trainer does them.", model);
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
