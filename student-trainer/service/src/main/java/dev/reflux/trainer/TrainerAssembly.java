package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.health.BrokerCheck;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.meters.Meters;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.evaluation.drift.PageHinkley;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.gate.GateRules;
import dev.reflux.registry.gate.PromotionGate;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.Writer;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.checkpoint.Checkpoint;
import dev.reflux.trainer.checkpoint.Checkpoints;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.DuplicateFilter;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.publish.LineKeeper;
import dev.reflux.trainer.publish.StudentPublisher;
import dev.reflux.trainer.replay.BalancedReplay;
import dev.reflux.trainer.replay.FifoReplay;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReservoirReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.HoldoutSet;
import dev.reflux.trainer.update.StudentLearner;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trainer's parts, made from its settings, resumed from the last checkpoint, and closed in reverse. The training
 * thread only.
 */
final class TrainerAssembly implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrainerAssembly.class);

    private final TrainerSettings settings;
    private final TrainerConfig config;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Meters meters = new Meters();
    private final AtomicReference<@Nullable SampleFeed> feed = new AtomicReference<>();
    private @Nullable TrainingLoop loop;
    private @Nullable BrokerCheck brokers;

    private TrainerAssembly(TrainerSettings settings) {
        this.settings = settings;
        this.config = settings.config();
        open.push(meters);
    }

    /** @throws UsageException in one sentence, when files, brokers, store or checkpoint will not do */
    static TrainerAssembly of(TrainerSettings settings, TrainerListener listener) {
        TrainerAssembly assembly = new TrainerAssembly(settings);
        try {
            assembly.assemble(listener);
            return assembly;
        } catch (RuntimeException | Error e) {
            assembly.close();
            throw e;
        }
    }

    TrainingLoop loop() {
        return Objects.requireNonNull(loop);
    }

    SampleFeed feed() {
        return Objects.requireNonNull(feed.get());
    }

    BrokerCheck brokers() {
        return Objects.requireNonNull(brokers);
    }

    Meters meters() {
        return meters;
    }

    private void assemble(TrainerListener listener) {
        TorchRuntime runtime = opened(TorchRuntime.start(settings.torch()));
        runtime.useThisThread();
        StudentLearner learner = opened(new StudentLearner(
                runtime,
                opened(student(runtime)),
                settings.learner(),
                config.student().seed()));
        Topics.require(
                settings.kafka(),
                List.of(Topics.DISTILLATION_SAMPLES, Topics.DEAD_LETTER, Topics.STUDENTS_PUBLISHED),
                config.kafka().topicsWithin());
        brokers = opened(BrokerCheck.start(settings.kafka()));
        Checkpoints checkpoints = new Checkpoints(settings.checkpoints());
        ModelRegistry registry = opened(registry());
        Writer writer = registry.publisher().openWriter(settings.model(), writerName());
        KafkaProducer<byte[], byte[]> producer = opened(KafkaClients.producer(settings.kafka(), Map.of()));
        LineKeeper keeper = opened(keeper(registry));
        SampleDecoder decoder = new SampleDecoder(settings.schema());
        TrainerGauges gauges = new TrainerGauges(meters);
        TrainingLoop made = new TrainingLoop(
                settings.cadence(),
                new TrainingLoop.Identity(settings.model(), settings.schema().id(), Topics.DISTILLATION_SAMPLES),
                new TrainingLoop.Parts(
                        learner,
                        replay(),
                        new HoldoutSet(config.learning().holdoutCapacity()),
                        new HoldoutRule(config.learning().holdoutFraction()),
                        new DuplicateFilter(config.learning().duplicateWindow()),
                        decoder,
                        new DriftReaction(
                                new PageHinkley(0.05, 3, 12), settings.cadence().driftBoost(), learner),
                        new CheckpointedRandom(config.student().seed()),
                        checkpoints,
                        new StudentPublisher(runtime, registry, writer, producer, keeper, settings.published()),
                        new DeadLetterOutbox(producer),
                        this::checkpointed,
                        gauges,
                        listener));
        loop = made;
        checkpoints.newest().ifPresent(checkpoint -> resume(made, checkpoint, decoder));
        feed.set(opened(SampleFeed.open(
                settings.kafka(),
                config.kafka().group(),
                config.kafka().queue(),
                made.nextOffsets(),
                decoder,
                gauges)));
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private SegmentationModel student(TorchRuntime runtime) {
        SegmentationModel student = SegmentationModel.load(runtime, settings.card(), SegmentationModel.Mode.TRAINING);
        int seed = (int) config.student().seed();
        if (!student.card().labelSchema().id().equals(settings.schema().id())
                && !student.resetClasses(settings.schema(), seed)) {
            throw new UsageException("The student " + student.card().name() + " has the classes of "
                    + student.card().labelSchema().id() + " and cannot be given those of "
                    + settings.schema().id() + "; export it with a reset_classes method.");
        }
        if (config.student().fresh()) {
            student.resetParameters(seed);
        }
        return student;
    }

    private ModelRegistry registry() {
        try {
            return settings.signingKey().isPresent()
                    ? ModelRegistry.open(settings.store(), settings.signingKey().get())
                    : ModelRegistry.open(settings.store());
        } catch (StoreException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private LineKeeper keeper(ModelRegistry registry) {
        TrainerConfig.Gate gate = config.gate();
        GateRules rules = new GateRules(
                gate.floor(), gate.mayLose(), gate.classMayLose(), gate.domainMayLose(), gate.quiet(), gate.reports());
        return new LineKeeper(
                registry,
                settings.model(),
                config.publish().deltas(),
                gate.enabled()
                        ? Optional.of(new PromotionGate(registry, settings.model(), rules, Clock.systemUTC()))
                        : Optional.empty(),
                gate.every());
    }

    private ReplayBuffer replay() {
        int capacity = config.learning().replayCapacity();
        return switch (config.learning().replay()) {
            case RESERVOIR -> new ReservoirReplay(capacity);
            case BALANCED -> new BalancedReplay(capacity);
            case FIFO -> new FifoReplay(capacity);
        };
    }

    private static String writerName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "trainer";
        }
    }

    private void resume(TrainingLoop made, Checkpoint checkpoint, SampleDecoder decoder) {
        TrainerState state = checkpoint.state();
        if (!state.model().equals(settings.model())) {
            throw new UsageException("The checkpoint in " + settings.checkpoints() + " is of model " + state.model()
                    + ", not of " + settings.model() + "; use another folder.");
        }
        if (!state.labelSchemaId().equals(settings.schema().id())) {
            throw new UsageException("The checkpoint in " + settings.checkpoints() + " is of label schema "
                    + state.labelSchemaId() + ", not of " + settings.schema().id() + "; use another folder.");
        }
        LOG.info(
                "Resuming {} after {} trained frames",
                state.model(),
                state.counts().trained());
        made.resume(checkpoint, new LogReader(settings.kafka(), Topics.DISTILLATION_SAMPLES, decoder));
    }

    /** The feed is there once the loop has been resumed; what a resumption checkpoints, the next checkpoint tells. */
    private void checkpointed(Map<Integer, Long> nextOffsets) {
        SampleFeed known = feed.get();
        if (known != null) {
            known.checkpointed(nextOffsets);
        }
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("A part of the trainer did not close: {}", e.getMessage());
            }
        }
    }
}
