package dev.reflux.teacher;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.health.HealthServer;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.teacher.ingest.FrameDecoding;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A running teacher: labeled frames in, distillation samples out, each exactly once.
 *
 * <pre>poll loop → ingest (decode workers) → inference (torch worker) → projection (torch worker) → publish (its worker)</pre>
 *
 * <ol>
 *   <li>Every frame of the topic becomes exactly one sample or one dead letter, even if a teacher is killed at any time.
 *   <li>While a batch is in the network, the next one is decoded and the previous one is published.
 *   <li>The number of frames between poll and commit is bounded; the poll loop pauses above {@code batch.in-flight}.
 *   <li>A frame that cannot be used stops nothing. A service that cannot go on reports the cause and stops; it commits
 *       nothing of its open batches.
 * </ol>
 *
 * <p>Threading: all methods may be called from any thread except an event loop.
 */
public final class TeacherService implements AutoCloseable {

    private final TeacherLifecycle lifecycle;
    private final PollLoop frames;
    private final TeacherGauges gauges;
    private final HealthServer health;

    TeacherService(TeacherLifecycle lifecycle, PollLoop frames, TeacherGauges gauges, HealthServer health) {
        this.lifecycle = lifecycle;
        this.frames = frames;
        this.gauges = gauges;
        this.health = health;
    }

    /**
     * Starts a teacher: reads and checks the configuration and its files, loads the model and joins the consumer group.
     *
     * @param listener called from the service's workers
     * @throws UsageException naming the remedy, if the configuration, a file or the brokers are not usable
     */
    public static TeacherService start(TeacherConfig config, TeacherListener listener) {
        return start(
                config,
                listener,
                settings -> KafkaClients.transactionalProducer(settings.kafka(), settings.transactionalId()));
    }

    static TeacherService start(TeacherConfig config, TeacherListener listener, ProducerFactory producers) {
        return start(config, listener, producers, decoder -> decoder);
    }

    static TeacherService start(
            TeacherConfig config,
            TeacherListener listener,
            ProducerFactory producers,
            UnaryOperator<FrameDecoding> decoding) {
        TeacherSettings settings = TeacherSettings.of(config);
        TeacherLifecycle lifecycle = new TeacherLifecycle(listener::failed);
        try {
            return new TeacherAssembly(settings, listener, producers, decoding, lifecycle).start();
        } catch (RuntimeException e) {
            lifecycle.close();
            throw e;
        }
    }

    /** Returns the counts since the start and the present state. */
    public TeacherSnapshot snapshot() {
        return gauges.snapshot();
    }

    /** Returns the cause if the service has stopped by itself. */
    public Optional<Throwable> failure() {
        return lifecycle.failure();
    }

    /** Returns the port of /livez, /readyz and /metrics. */
    public int healthPort() {
        return health.port();
    }

    /** Returns whether partitions are assigned and the service has not failed. */
    public boolean ready() {
        return lifecycle.failure().isEmpty() && frames.assigned();
    }

    /**
     * Waits until the service is closed or cannot go on.
     *
     * @return the cause of the failure, or null after a close
     */
    public @Nullable Throwable await() throws InterruptedException {
        return lifecycle.await();
    }

    /**
     * Stops taking frames, lets the open transaction end and leaves the group. Frames that were polled and not committed
     * are read again by the next teacher of the group. Idempotent.
     */
    @Override
    public void close() {
        lifecycle.close();
    }
}
