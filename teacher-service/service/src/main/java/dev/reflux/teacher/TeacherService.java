package dev.reflux.teacher;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.health.BrokerCheck;
import dev.reflux.common.health.Check;
import dev.reflux.common.health.HealthServer;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import dev.reflux.teacher.inference.InferenceVerticle;
import dev.reflux.teacher.inference.TeacherNetwork;
import dev.reflux.teacher.ingest.FrameDecoder;
import dev.reflux.teacher.ingest.IngestVerticle;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import dev.reflux.teacher.projection.ProjectionVerticle;
import dev.reflux.teacher.projection.Projector;
import dev.reflux.teacher.publish.CommittedBatch;
import dev.reflux.teacher.publish.PublishListener;
import dev.reflux.teacher.publish.PublishVerticle;
import dev.reflux.teacher.publish.SampleEncoder;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The teacher: labelled frames in, distillation samples out, each exactly once.
 *
 * <pre>poll loop → ingest (decode workers) → inference (torch worker) → projection (torch worker) → publish (its worker)</pre>
 *
 * <ol>
 *   <li>Every frame of the topic becomes one sample or one dead letter, whatever is killed when.
 *   <li>While a batch is in the network the next one is decoded and the one before it published.
 *   <li>Frames between poll and commit are bounded; the poll loop pauses above {@code batch.in-flight}.
 *   <li>A frame that cannot be used stops nothing; a service that cannot go on says why and stops, committing nothing of
 *       what is open.
 * </ol>
 *
 * All methods may be called from any thread but an event loop.
 */
public final class TeacherService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TeacherService.class);
    private static final Duration LOOP_IS_DEAD_AFTER = Duration.ofSeconds(60);
    private static final long PIPELINE_IS_DEAD_AFTER_SECONDS = 300;
    private static final long LOOK_AT_LOOP_EVERY_MILLIS = 200;
    private static final long LONGEST_BLOCK_MINUTES = 10;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    /** Makes the producer of the transactions: a test can put itself in between. */
    @FunctionalInterface
    interface ProducerFactory {
        Producer<byte[], byte[]> make(TeacherSettings settings);
    }

    private final TeacherSettings settings;
    private final TeacherListener listener;
    private final Meters meters = new Meters();
    private final TeacherGauges gauges = new TeacherGauges(meters);
    private final PartitionOwnership ownership = new PartitionOwnership();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private @Nullable PollLoop loop;
    private @Nullable HealthServer health;

    private TeacherService(TeacherSettings settings, TeacherListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * Reads and checks everything, loads the model, joins the group.
     *
     * @throws UsageException in one sentence, when configuration, files or brokers will not do
     */
    public static TeacherService start(TeacherConfig config, TeacherListener listener) {
        return start(
                config,
                listener,
                settings -> KafkaClients.transactionalProducer(settings.kafka(), settings.transactionalId()));
    }

    static TeacherService start(TeacherConfig config, TeacherListener listener, ProducerFactory producers) {
        TeacherService service = new TeacherService(TeacherSettings.of(config), listener);
        try {
            service.wire(producers);
            return service;
        } catch (RuntimeException e) {
            service.close();
            throw e;
        }
    }

    // ---- wiring, from the end of the pipeline to its beginning ---------------------------------------------------

    private void wire(ProducerFactory producers) {
        open.push(meters);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(1));
        open.push(() -> result(vertx.close()));
        StageObserver observer = observer();
        WorkerExecutor torch = worker(vertx, "teacher-torch", 1);
        WorkerExecutor decoding = worker(vertx, "teacher-decode", settings.decodeThreads());
        WorkerExecutor publishing = worker(vertx, "teacher-publish", 1);

        Producer<byte[], byte[]> producer = initialised(producers);
        open.push(() -> producer.close(Duration.ZERO));
        Topics.require(
                settings.kafka(),
                List.of(Topics.FRAMES_LABELED, Topics.DISTILLATION_SAMPLES, Topics.DEAD_LETTER),
                settings.topicsWithin());
        BrokerCheck brokers = BrokerCheck.start(settings.kafka());
        open.push(brokers);
        TorchParts parts = result(torch.executeBlocking(() -> TorchParts.load(settings)));
        open.push(() -> result(torch.executeBlocking(parts::close)));
        PublishVerticle publish = new PublishVerticle(
                encoder(),
                MessageCodec.MAX_RECORD_BYTES,
                producer,
                ownership,
                () -> loop().groupMetadata(),
                publishing,
                observer,
                publications(),
                settings.commitFrames(),
                settings.commitLinger());
        open.push(publish);
        ProjectionVerticle projection = new ProjectionVerticle(parts.projector(), torch, publish, observer);
        InferenceVerticle inference =
                new InferenceVerticle(parts.network(), settings.view(), torch, projection, observer);
        FrameDecoder decoder = new FrameDecoder(
                ImageCodec.standard(),
                settings.schemas(),
                settings.card().labelSchema().id());
        IngestVerticle ingest =
                new IngestVerticle(decoder, decoding, settings.batchSize(), settings.linger(), inference, observer);
        for (var verticle : List.of(publish, projection, inference, ingest)) {
            result(vertx.deployVerticle(verticle));
        }
        PollLoop polling = pollLoop(ingest);
        loop = polling;
        open.push(polling);
        // What is in a transaction when the service is closed may end; the group is left after that.
        open.push(() -> within(CLOSE_WITHIN, publishing.executeBlocking(() -> true)));
        health = healthServer(brokers);
        open.push(health);
        polling.start();
        vertx.setPeriodic(LOOK_AT_LOOP_EVERY_MILLIS, tick -> polling.failure().ifPresent(this::fail));
        LOG.info(
                "Teacher {} with projection head {} sees frames at {}, health on port {}",
                settings.card().name(),
                settings.head().id(),
                settings.view(),
                health.port());
    }

    private static WorkerExecutor worker(Vertx vertx, String name, int threads) {
        return vertx.createSharedWorkerExecutor(name, threads, LONGEST_BLOCK_MINUTES, TimeUnit.MINUTES);
    }

    /** What lives on the torch worker. */
    private record TorchParts(TorchRuntime runtime, TeacherNetwork network, Projector projector) {

        static TorchParts load(TeacherSettings settings) {
            TorchRuntime runtime = TorchRuntime.start(settings.torch());
            try {
                TeacherNetwork network =
                        TeacherNetwork.load(runtime, settings.modelFile(), settings.card(), settings.view());
                ProjectionHead head = ProjectionHead.load(runtime, settings.head());
                return new TorchParts(
                        runtime, network, new Projector(runtime, head, settings.view(), settings.logitsStride()));
            } catch (RuntimeException e) {
                runtime.close();
                throw e;
            }
        }

        boolean close() {
            projector.close();
            network.close();
            runtime.close();
            return true;
        }
    }

    private SampleEncoder encoder() {
        return new SampleEncoder(
                settings.card().name(),
                settings.head().id(),
                settings.card().labelSchema().id(),
                settings.view(),
                settings.wireType().tensorType());
    }

    private Producer<byte[], byte[]> initialised(ProducerFactory producers) {
        Producer<byte[], byte[]> producer = producers.make(settings);
        try {
            producer.initTransactions();
            return producer;
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw new UsageException(
                    "No transactions can be made at " + settings.kafka().bootstrapServers() + " (" + e.getMessage()
                            + "); start a broker there or correct "
                            + settings.kafka().setting() + ".",
                    e);
        }
    }

    private PollLoop pollLoop(IngestVerticle ingest) {
        PollLoop.Settings polling = PollLoop.Settings.of(
                new PollLoop.Source.Subscription(List.of(Topics.FRAMES_LABELED)), settings.inFlight(), false);
        var consumer = KafkaClients.consumer(
                settings.kafka(), settings.group(), Map.of("max.poll.records", settings.batchSize()));
        return new PollLoop(
                "teacher-poll", polling, consumer, new PolledFrames(ownership, gauges, ingest, closing::get));
    }

    private HealthServer healthServer(BrokerCheck brokers) {
        meters.gauge(Meter.TEACHER_IN_FLIGHT, () -> loop().inFlight());
        meters.gauge(Meter.TEACHER_LAG, this::lag);
        Check polls = Check.of("poll loop", () -> {
            Duration silent = Duration.between(loop().lastTurn(), Instant.now());
            return silent.compareTo(LOOP_IS_DEAD_AFTER) > 0
                    ? Optional.of("The poll loop has not turned for " + silent.toSeconds() + " s.")
                    : Optional.empty();
        });
        Check moves = Check.of("pipeline", () -> {
            long idle = gauges.idleSeconds();
            return loop().inFlight() > 0 && idle > PIPELINE_IS_DEAD_AFTER_SECONDS
                    ? Optional.of("Frames are in flight and no stage has finished anything for " + idle + " s.")
                    : Optional.empty();
        });
        Check works =
                Check.of("service", () -> Optional.ofNullable(failure.get()).map(cause -> "Stopped: " + cause));
        Check assigned = Check.of(
                "partitions",
                () -> loop().assigned() ? Optional.empty() : Optional.of("No partition is assigned yet."));
        return HealthServer.start(
                settings.healthPort(),
                List.of(polls, moves, works),
                List.of(works, assigned, brokers.readiness()),
                meters.registry());
    }

    private StageObserver observer() {
        return new StageObserver() {
            @Override
            public void worked(StageName stage, int frames, long nanos) {
                gauges.worked(stage, frames, nanos);
            }

            @Override
            public void failed(StageName stage, Throwable cause) {
                fail(cause);
            }
        };
    }

    private PublishListener publications() {
        return new PublishListener() {
            @Override
            public void published(CommittedBatch batch) {
                gauges.published(batch);
                listener.published(snapshot());
            }

            @Override
            public void rejected(dev.reflux.common.failure.Rejection reason) {
                gauges.rejected(reason);
            }
        };
    }

    // ---- life --------------------------------------------------------------------------------------------------

    private void fail(Throwable cause) {
        if (closing.get() || !failure.compareAndSet(null, cause)) {
            return;
        }
        LOG.error("The teacher cannot go on: {}", cause.toString(), cause);
        listener.failed(cause);
        ended.countDown();
    }

    /** How it stands now. */
    public TeacherSnapshot snapshot() {
        return gauges.snapshot(loop().inFlight(), lag());
    }

    private long lag() {
        return loop().lag().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Why it stopped by itself, if it did. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Where /livez, /readyz and /metrics are. */
    public int healthPort() {
        return java.util.Objects.requireNonNull(health, "started").port();
    }

    /** Whether partitions are assigned: frames are being taken. */
    public boolean ready() {
        return failure.get() == null && loop().assigned();
    }

    /**
     * Waits until the service is closed or cannot go on.
     *
     * @return why it cannot, or null
     */
    public @Nullable Throwable await() throws InterruptedException {
        ended.await();
        return failure.get();
    }

    private PollLoop loop() {
        return java.util.Objects.requireNonNull(loop, "started");
    }

    /**
     * Stops taking frames, lets the transaction that is open end, leaves the group. What was taken and is not committed
     * is read again by whoever comes next. Idempotent.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        ownership.revoked(ownership.owned());
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("A part of the teacher did not close: {}", e.toString());
            }
        }
        ended.countDown();
    }

    private static void within(Duration limit, Future<?> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for a future off the event loop, and throws what it failed with. */
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
