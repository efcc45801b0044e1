package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.health.Check;
import dev.reflux.common.health.HealthServer;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.model.ModelCard;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.store.StaleWriterException;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.loop.LoopSettings;
import dev.reflux.trainer.update.LearnerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trainer: distillation samples in, student versions out, without ever stopping.
 *
 * <pre>poll loop → decoding thread → training thread (replay → loss → update → checkpoint → publish)</pre>
 *
 * <ol>
 *   <li>Every sample has exactly one effect: trained on, held out, dropped as a duplicate, or dead-lettered.
 *   <li>A trainer that is killed at any moment and started again on the same checkpoint folder ends with the same counts.
 *   <li>The number of samples between the threads is bounded by {@code kafka.queue} and one poll.
 *   <li>A failure ends the trainer, and {@link #failure} returns it; the state after the last checkpoint is lost.
 * </ol>
 *
 * All methods may be called from any thread.
 */
public final class TrainerService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
    private static final Duration LOOP_IS_DEAD_AFTER = Duration.ofSeconds(120);
    private static final Duration IDLE = Duration.ofMillis(50);

    private final TrainerConfig config;
    private final TrainerListener listener;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread trainingThread;
    private volatile Instant lastTurn = Instant.now();
    private volatile TrainerState.Counts counts = TrainerState.Counts.NONE;
    private volatile boolean stopping;
    private volatile long finishAt = Long.MAX_VALUE;
    private volatile int healthPort;
    private volatile @Nullable SampleFeed feed;

    private TrainerService(TrainerConfig config, TrainerListener listener) {
        this.config = config;
        this.listener = listener;
        this.trainingThread = new Thread(this::run, "trainer");
    }

    /**
     * Starts a trainer: reads and checks the configuration, continues from the last checkpoint, and begins to train.
     *
     * @throws UsageException if configuration, files, brokers or store cannot be used
     */
    public static TrainerService start(TrainerConfig config, TrainerListener listener) {
        TrainerService service = new TrainerService(config, listener);
        service.trainingThread.start();
        try {
            service.started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            service.close();
            throw new IllegalStateException("interrupted while starting", e);
        }
        Throwable cause = service.failure.get();
        if (cause != null) {
            service.close();
            throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
        }
        return service;
    }

    /** Returns the outcomes of all samples so far. */
    public TrainerState.Counts counts() {
        return counts;
    }

    /** Returns the failure that ended the trainer, if there was one. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Returns the number of samples up to the end of the topic that have not had their effect, as of the last poll. */
    public long lag() {
        SampleFeed known = feed;
        return known == null ? 0 : known.lag();
    }

    /** Returns the number of polled samples that have not had their effect. */
    public int inFlight() {
        SampleFeed known = feed;
        return known == null ? 0 : known.inFlight();
    }

    /** Returns the TCP port of /livez, /readyz and /metrics. */
    public int healthPort() {
        return healthPort;
    }

    /**
     * Ends the trainer once the given number of samples have had their effect: trains the last window, publishes the last
     * version, writes a checkpoint. Waits for that.
     *
     * @param samples the number of samples of every outcome, including duplicates and dead letters
     */
    public void finishAfter(long samples) {
        finishAt = samples;
        awaitEnd();
    }

    /** Waits until the trainer has ended, by itself or by {@link #close}. */
    public void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the trainer after the current window, writes a checkpoint, and waits for that. */
    @Override
    public void close() {
        stopping = true;
        awaitEnd();
    }

    private void run() {
        try (TrainerAssembly.Assembled parts = TrainerAssembly.of(
                TrainerSettings.of(config), listener, new Pulse(() -> stopping, () -> lastTurn = Instant.now()))) {
            feed = parts.feed();
            counts = parts.trainer().counts();
            try (HealthServer health = healthServer(parts)) {
                healthPort = health.port();
                started.countDown();
                train(parts.trainer(), parts.feed());
            }
        } catch (RuntimeException | Error e) {
            if (stopping && e instanceof StoreException waitedFor && waitedFor.passing()) {
                // What was owed to the store is in the checkpoint, and the next start pays it.
                LOG.info("The trainer stops while it waits for the store: {}", e.getMessage());
                return;
            }
            failure.set(e);
            if (!(e instanceof UsageException || e instanceof StoreException || e instanceof StaleWriterException)) {
                LOG.error("The trainer failed: {}", e.getMessage(), e);
            }
        } finally {
            started.countDown();
            ended.countDown();
        }
    }

    private void train(StreamTrainer trainer, SampleFeed samples) {
        while (!stopping && trainer.counts().total() < finishAt) {
            PolledSample sample = next(samples);
            if (sample != null) {
                trainer.take(sample);
            } else if (trainer.hasWaited(config.learning().linger()) || onlyWaitingAreLeft(trainer)) {
                trainer.flush();
            }
            counts = trainer.counts();
            lastTurn = Instant.now();
            samples.requireAlive();
        }
        if (stopping) {
            // Only whole windows take effect: the samples of an incomplete one are read again after the next start.
            trainer.stop();
        } else {
            trainer.finish();
        }
        counts = trainer.counts();
    }

    /** Returns whether the samples in the window are the last ones before the end that {@link #finishAfter} set. */
    private boolean onlyWaitingAreLeft(StreamTrainer trainer) {
        return trainer.waiting() > 0 && trainer.counts().total() + trainer.waiting() >= finishAt;
    }

    private @Nullable PolledSample next(SampleFeed samples) {
        try {
            return samples.next(IDLE);
        } catch (InterruptedException e) {
            stopping = true;
            return null;
        }
    }

    /**
     * Returns how a trainer of a configuration learns, for benchmarks that run its learner without Kafka.
     *
     * @param student the card of the student
     */
    public static LearnerSettings learnerSettings(TrainerConfig config, ModelCard student) {
        return TrainerSettings.learner(config, TrainerPlugins.loss(config.loss()), student);
    }

    /** Returns the loop settings of a configuration, for benchmarks that run its loop without Kafka. */
    public static LoopSettings loopSettings(TrainerConfig config) {
        return TrainerSettings.loop(config);
    }

    private HealthServer healthServer(TrainerAssembly.Assembled parts) {
        SampleFeed samples = parts.feed();
        Check turning = Check.of("training-loop", () -> stale(lastTurn, "the training loop"));
        Check polling = Check.of("poll-loop", () -> stale(samples.lastTurn(), "the poll loop"));
        Check assigned = Check.of(
                "kafka",
                () -> samples.assigned()
                        ? Optional.empty()
                        : Optional.of("no partition of " + Topics.DISTILLATION_SAMPLES + " is assigned yet"));
        return HealthServer.start(
                config.health().port(),
                List.of(turning, polling),
                List.of(assigned, parts.brokers().readiness(), Check.of("store", parts.store()::trouble)),
                parts.meters().registry());
    }

    private static Optional<String> stale(Instant turned, String what) {
        Duration since = Duration.between(turned, Instant.now());
        return since.compareTo(LOOP_IS_DEAD_AFTER) < 0
                ? Optional.empty()
                : Optional.of(what + " last turned " + since.toSeconds() + " s ago");
    }
}
