package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.health.Check;
import dev.reflux.common.health.HealthServer;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.meters.Meters;
import dev.reflux.common.model.ModelCard;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.evaluation.drift.PageHinkley;
import dev.reflux.registry.ModelRegistry;
import dev.reflux.registry.Writer;
import dev.reflux.registry.gate.GateRules;
import dev.reflux.registry.gate.PromotionGate;
import dev.reflux.registry.signing.SigningKey;
import dev.reflux.registry.store.StoreException;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.checkpoint.Checkpoint;
import dev.reflux.trainer.checkpoint.Checkpoints;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.ingest.DuplicateFilter;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.publish.LineKeeper;
import dev.reflux.trainer.publish.StudentPublisher;
import dev.reflux.trainer.replay.FifoReplay;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReservoirReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.HoldoutSet;
import dev.reflux.trainer.update.LearnerSettings;
import dev.reflux.trainer.update.StudentLearner;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trainer: distillation samples in, student versions out, without ever stopping.
 *
 * <pre>poll loop → decoding thread → training thread (replay → loss → update → checkpoint → publish)</pre>
 *
 * <ol>
 *   <li>Every sample has its effect once: trained on, held out, dropped as a duplicate, or dead-lettered.
 *   <li>Killed anywhere and started again on the same checkpoint folder, it ends with the same counts.
 *   <li>What waits between the threads is bounded by {@code kafka.queue} and one poll.
 *   <li>A failure stops it with the reason; nothing after the last checkpoint is kept.
 * </ol>
 *
 * All methods may be called from any thread.
 */
public final class TrainerService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
    private static final Duration LOOP_IS_DEAD_AFTER = Duration.ofSeconds(120);
    private static final int MAX_POLL_RECORDS = 8;
    private static final int IDLE_MILLIS = 50;

    private final TrainerConfig config;
    private final TrainerListener listener;
    private final KafkaSettings kafka;
    private final Meters meters = new Meters();
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread trainingThread;
    private volatile Instant lastTurn = Instant.now();
    private volatile TrainerState.Counts counts = TrainerState.Counts.NONE;
    private volatile boolean stopping;
    private volatile long finishAt = Long.MAX_VALUE;
    private volatile @Nullable PollLoop pollLoop;

    private TrainerService(TrainerConfig config, TrainerListener listener) {
        this.config = config;
        this.listener = listener;
        this.kafka = new KafkaSettings(
                config.kafka().bootstrapServers(), config.kafka().properties());
        this.trainingThread = new Thread(this::run, "trainer");
    }

    /**
     * Reads and checks everything, resumes from the last checkpoint, begins to train.
     *
     * @throws UsageException in one sentence, when configuration, files, brokers or store will not do
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

    /** What became of the samples so far. */
    public TrainerState.Counts counts() {
        return counts;
    }

    /** Why it stopped by itself, if it did. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Samples behind the end of the topic, as of the last poll. */
    public long lag() {
        PollLoop loop = pollLoop;
        return loop == null
                ? 0
                : loop.lag().values().stream().mapToLong(Long::longValue).sum() + loop.inFlight();
    }

    /**
     * Ends once as many samples have had their effect: trains what waits, publishes the last version, checkpoints. Waits
     * for that.
     *
     * @param samples of every outcome, duplicates and dead letters too
     */
    public void finishAfter(long samples) {
        finishAt = samples;
        awaitEnd();
    }

    /** Waits until it has ended, by itself or by {@link #close}. */
    public void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops after the batch that is being trained, and checkpoints. Waits for that. */
    @Override
    public void close() {
        stopping = true;
        awaitEnd();
    }

    private void run() {
        try {
            TrainingLoop loop = wire();
            started.countDown();
            train(loop);
        } catch (RuntimeException | Error e) {
            failure.set(e);
            if (!(e instanceof UsageException)) {
                LOG.error("The trainer stopped: {}", e.getMessage(), e);
            }
        } finally {
            closeAll();
            started.countDown();
            ended.countDown();
        }
    }

    private void train(TrainingLoop loop) {
        long oldest = Long.MAX_VALUE;
        while (!stopping && total(loop.counts()) < finishAt) {
            Arrival arrival = nextArrival();
            if (arrival != null) {
                oldest = loop.waiting() ? oldest : System.nanoTime();
                loop.take(arrival);
            } else if (loop.waiting()
                    && (TrainingLoop.due(oldest, config.learning().linger()) || finishing(loop))) {
                loop.flush();
            }
            counts = loop.counts();
            lastTurn = Instant.now();
            requireLoops();
        }
        if (stopping) {
            // What waits for company is read again after the next start: only whole windows count.
            loop.stop();
        } else {
            loop.finish();
        }
        counts = loop.counts();
    }

    /** Whether what waits is all that is still expected. */
    private boolean finishing(TrainingLoop loop) {
        return total(loop.counts()) + loop.waitingCount() >= finishAt;
    }

    private static long total(TrainerState.Counts counts) {
        return counts.trained() + counts.heldOut() + counts.duplicates() + counts.deadLettered();
    }

    private @Nullable Arrival nextArrival() {
        try {
            return arrivals.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopping = true;
            return null;
        }
    }

    private void requireLoops() {
        PollLoop loop = pollLoop;
        if (loop != null && loop.failure().isPresent()) {
            throw new IllegalStateException(
                    "the poll loop ended", loop.failure().get());
        }
    }

    // ---- wiring --------------------------------------------------------------------------------------------------

    private TrainingLoop wire() {
        open.push(meters);
        TorchRuntime runtime = TorchRuntime.start(new TorchOptions(
                config.compute().threads().orElse(Runtime.getRuntime().availableProcessors()),
                config.compute().device()));
        open.push(runtime);
        runtime.useThisThread();
        LabelSchema schema = schema();
        SegmentationModel student = student(runtime, schema);
        open.push(student);
        StudentLearner learner = new StudentLearner(
                runtime, student, learnerSettings(), config.student().seed());
        open.push(learner);
        ModelRegistry registry = registry();
        open.push(registry);
        Writer writer = registry.openWriter(config.student().name(), writerName());
        KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of());
        open.push(producer);
        LineKeeper keeper = keeper(registry);
        open.push(keeper);
        SampleDecoder decoder = new SampleDecoder(schema);
        TrainerGauges gauges = new TrainerGauges(meters);
        TrainingLoop loop = new TrainingLoop(
                cadence(),
                new TrainingLoop.Identity(config.student().name(), schema.id(), Topics.DISTILLATION_SAMPLES),
                new TrainingLoop.Parts(
                        learner,
                        replay(),
                        new HoldoutSet(config.learning().holdoutCapacity()),
                        new HoldoutRule(config.learning().holdoutFraction()),
                        new DuplicateFilter(config.learning().duplicateWindow()),
                        decoder,
                        new PageHinkley(0.05, 3, 12),
                        new CheckpointedRandom(config.student().seed()),
                        new Checkpoints(Path.of(config.checkpoint().folder())),
                        new StudentPublisher(runtime, registry, writer, producer, keeper, published()),
                        letter -> send(producer, letter),
                        gauges,
                        listener));
        resume(loop, decoder);
        counts = loop.counts();
        poll(loop, decoder, gauges);
        open.push(healthServer());
        return loop;
    }

    private void resume(TrainingLoop loop, SampleDecoder decoder) {
        Optional<Checkpoint> newest =
                new Checkpoints(Path.of(config.checkpoint().folder())).newest();
        newest.ifPresent(checkpoint -> {
            TrainerState state = checkpoint.state();
            if (!state.model().equals(config.student().name())) {
                throw new UsageException(
                        "The checkpoint in " + config.checkpoint().folder() + " is of model " + state.model()
                                + ", not of " + config.student().name() + "; use another folder.");
            }
            LOG.info(
                    "Resuming {} after {} trained frames",
                    state.model(),
                    state.counts().trained());
            loop.resume(checkpoint, new LogReader(kafka, Topics.DISTILLATION_SAMPLES, decoder));
        });
    }

    private void poll(TrainingLoop loop, SampleDecoder decoder, TrainerGauges gauges) {
        ExecutorService decoding = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "trainer-decode");
            thread.setDaemon(true);
            return thread;
        });
        open.push(decoding::shutdownNow);
        Map<TopicPartition, Long> from = new HashMap<>();
        loop.nextOffsets()
                .forEach((partition, next) ->
                        from.put(new TopicPartition(Topics.DISTILLATION_SAMPLES, partition), next));
        PollLoop polling = new PollLoop(
                "trainer-poll",
                PollLoop.Settings.of(
                        new PollLoop.Source.Assignment(Topics.DISTILLATION_SAMPLES, from),
                        config.kafka().queue(),
                        false),
                KafkaClients.consumer(kafka, config.kafka().group(), Map.of("max.poll.records", MAX_POLL_RECORDS)),
                (record, receipt) -> decoding.execute(() -> arrivals.add(decoded(record, receipt, decoder, gauges))));
        pollLoop = polling;
        gauges.queue(arrivals::size, this::lag);
        open.push(polling);
        polling.start();
    }

    private static Arrival decoded(
            ConsumerRecord<byte[], byte[]> record,
            PollLoop.Receipt receipt,
            SampleDecoder decoder,
            TrainerGauges gauges) {
        long start = System.nanoTime();
        try {
            return new Arrival.Decoded(record, receipt, decoder.decode(record));
        } catch (RejectedFrameException e) {
            return new Arrival.Refused(record, receipt, e);
        } finally {
            gauges.stage("decode", (System.nanoTime() - start) / 1e6);
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, DeadLetter letter) {
        producer.send(letter.toRecord());
        producer.flush();
    }

    private LabelSchema schema() {
        LabelSchemas schemas = LabelSchemas.builtIn();
        for (String file : config.labelSchemas().orElse(List.of())) {
            schemas = schemas.with(LabelSchema.read(Path.of(file)));
        }
        LabelSchema ofCard = card().labelSchema();
        String id = config.student().labelSchema().orElse(ofCard.id());
        if (id.equals(ofCard.id())) {
            return schemas.find(id).orElse(ofCard);
        }
        return schemas.find(id)
                .orElseThrow(() -> new UsageException(
                        "Label schema \"" + id + "\" is not known; give its file in trainer.label-schemas."));
    }

    private ModelCard card() {
        return ModelCard.read(Path.of(config.student().card()));
    }

    private SegmentationModel student(TorchRuntime runtime, LabelSchema schema) {
        SegmentationModel student =
                SegmentationModel.load(runtime, Path.of(config.student().card()), SegmentationModel.Mode.TRAINING);
        int seed = (int) config.student().seed();
        if (!student.card().labelSchema().id().equals(schema.id()) && !student.resetClasses(schema, seed)) {
            throw new UsageException("The student " + student.card().name() + " has the classes of "
                    + student.card().labelSchema().id() + " and cannot be given those of " + schema.id()
                    + "; export it with a reset_classes method.");
        }
        if (config.student().fresh()) {
            student.resetParameters(seed);
        }
        return student;
    }

    private ModelRegistry registry() {
        TrainerConfig.Store store = config.store();
        StoreSettings settings = new StoreSettings(
                URI.create(store.endpoint()), store.region(), store.bucket(), store.accessKey(), store.secretKey());
        Optional<SigningKey> key = config.publish().keyFile().map(Path::of).map(SigningKey::read);
        try {
            return key.isPresent() ? ModelRegistry.open(settings, key.get()) : ModelRegistry.open(settings);
        } catch (StoreException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private LineKeeper keeper(ModelRegistry registry) {
        TrainerConfig.Gate gate = config.gate();
        GateRules rules = new GateRules(
                gate.floor(), gate.mayLose(), gate.classMayLose(), gate.domainMayLose(), gate.quiet(), gate.reports());
        String model = config.student().name();
        return new LineKeeper(
                registry,
                model,
                config.publish().deltas(),
                gate.enabled()
                        ? Optional.of(new PromotionGate(registry, model, rules, Clock.systemUTC()))
                        : Optional.empty(),
                gate.every());
    }

    private ReplayBuffer replay() {
        int capacity = config.learning().replayCapacity();
        return switch (config.learning().replay()) {
            case RESERVOIR -> new ReservoirReplay(capacity);
            case FIFO -> new FifoReplay(capacity);
        };
    }

    private TrainingLoop.Cadence cadence() {
        return new TrainingLoop.Cadence(
                config.learning().newFrames(),
                config.learning().replayedFrames(),
                config.learning().updates(),
                config.checkpoint().everyFrames(),
                config.checkpoint().publishEveryFrames(),
                config.learning().driftBoost());
    }

    private LearnerSettings learnerSettings() {
        TrainerConfig.Learning learning = config.learning();
        TrainerConfig.Loss loss = config.loss();
        return new LearnerSettings(
                new LossSettings(
                        loss.kd(), loss.hakd(), loss.projection(), loss.tau(), loss.kemAxis(), loss.kmm(), loss.kem()),
                learning.warmUpFrames(),
                learning.learningRate(),
                learning.learningRateWarmUp(),
                learning.weightDecay(),
                learning.clipNorm(),
                learning.emaDecay(),
                learning.photometric(),
                learning.flip(),
                learning.prequentialFading());
    }

    /** The settings that a manifest tells of: those that shape what is learnt. */
    private Map<String, String> published() {
        Map<String, String> told = new HashMap<>();
        LearnerSettings settings = learnerSettings();
        told.put("loss", settings.loss().toString());
        told.put("learning-rate", String.valueOf(settings.learningRate()));
        told.put("warm-up-frames", String.valueOf(settings.warmUpFrames()));
        told.put("replay", config.learning().replay() + " " + config.learning().replayCapacity());
        told.put("updates", String.valueOf(config.learning().updates()));
        told.put("seed", String.valueOf(config.student().seed()));
        return told;
    }

    private static String writerName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "trainer";
        }
    }

    private HealthServer healthServer() {
        Check turning = Check.of("training-loop", () -> stale(lastTurn, "the training loop"));
        Check polling = Check.of("poll-loop", () -> {
            PollLoop loop = pollLoop;
            return loop == null ? Optional.of("not polling yet") : stale(loop.lastTurn(), "the poll loop");
        });
        Check assigned = Check.of("kafka", () -> {
            PollLoop loop = pollLoop;
            return loop != null && loop.assigned()
                    ? Optional.empty()
                    : Optional.of("no partition of " + Topics.DISTILLATION_SAMPLES + " is assigned yet");
        });
        return HealthServer.start(
                config.health().port(), List.of(turning, polling), List.of(assigned), meters.registry());
    }

    private static Optional<String> stale(Instant turned, String what) {
        Duration since = Duration.between(turned, Instant.now());
        return since.compareTo(LOOP_IS_DEAD_AFTER) < 0
                ? Optional.empty()
                : Optional.of(what + " last turned " + since.toSeconds() + " s ago");
    }

    private void closeAll() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("A part of the trainer did not close: {}", e.getMessage());
            }
        }
    }
}
