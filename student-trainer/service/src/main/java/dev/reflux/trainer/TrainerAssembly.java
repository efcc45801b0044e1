package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.health.BrokerCheck;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.meters.Meters;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.gate.PromotionGate;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerCheckpoint;
import dev.reflux.trainer.fates.FateLog;
import dev.reflux.trainer.guard.LabelDoubts;
import dev.reflux.trainer.guard.LabelsAside;
import dev.reflux.trainer.guard.LastGood;
import dev.reflux.trainer.guard.LearningGuard;
import dev.reflux.trainer.ingest.DuplicateFilter;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.TeacherIdentity;
import dev.reflux.trainer.ingest.ViewFit;
import dev.reflux.trainer.publish.DeltaBacklog;
import dev.reflux.trainer.publish.GateStep;
import dev.reflux.trainer.publish.PromotionLoop;
import dev.reflux.trainer.publish.StudentPublisher;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.FirstLook;
import dev.reflux.trainer.update.HoldoutBuffer;
import dev.reflux.trainer.update.StudentLearner;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a trainer's parts from its settings in the order in which a sample passes them, continues from the last checkpoint,
 * and closes the parts in reverse. The training thread only.
 */
final class TrainerAssembly implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrainerAssembly.class);
    /** The patience with a store that this trainer has never used. */
    private static final Duration FIRST_CONTACT = Duration.ofSeconds(2);

    private final TrainerSettings settings;
    private final TrainerListener listener;
    private final Pulse pulse;
    private final StorePatience patience;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private TrainerAssembly(TrainerSettings settings, TrainerListener listener, Pulse pulse) {
        this.settings = settings;
        this.listener = listener;
        this.pulse = pulse;
        this.patience = new StorePatience(settings.config().store().patience(), pulse);
    }

    /**
     * A trainer that is ready to train. Closing it closes all its parts.
     *
     * @param feed brings the samples
     * @param trainer trains on them
     * @param brokers checks the brokers
     * @param store tells what waits for the store
     * @param meters the trainer's meters
     * @param parts closes everything
     */
    record Assembled(
            SampleFeed feed,
            StreamTrainer trainer,
            BrokerCheck brokers,
            StorePatience store,
            Meters meters,
            TrainerAssembly parts)
            implements AutoCloseable {

        @Override
        public void close() {
            parts.close();
        }
    }

    /**
     * Makes a trainer, which has begun to poll.
     *
     * @param pulse of the training thread
     * @throws UsageException if a file, the brokers, the store or the checkpoint cannot be used
     */
    static Assembled of(TrainerSettings settings, TrainerListener listener, Pulse pulse) {
        TrainerAssembly assembly = new TrainerAssembly(settings, listener, pulse);
        try {
            return assembly.assemble();
        } catch (RuntimeException | Error e) {
            assembly.close();
            throw e;
        }
    }

    private Assembled assemble() {
        Meters meters = opened(new Meters());
        TrainerGauges gauges = new TrainerGauges(meters);
        TorchRuntime runtime = opened(TorchRuntime.start(settings.torch()));
        runtime.useThisThread();
        SegmentationModel student = opened(settings.student().load(runtime));
        HeapShares.ofThisJvm()
                .requireRoom(
                        student.card().input().size(), settings.config().kafka().queue() + SampleFeed.MAX_POLL_RECORDS);
        requireTopics();
        BrokerCheck brokers = opened(BrokerCheck.start(settings.kafka()));

        CheckpointStore checkpoints = new CheckpointStore(settings.checkpoints());
        SampleTopic topic = opened(SampleTopic.open(settings.kafka(), Topics.DISTILLATION_SAMPLES));
        String topicId = topic.id();
        Optional<TrainerCheckpoint> last = checkpoints.newest().map(found -> sameLine(found, topicId));
        ModelRegistry registry = opened(registry(last.isPresent()));
        LineOrigin origin = LineOrigin.of(settings, last);
        patience.outlast("tell whether the line exists", () -> origin.requireContinued(registry, topic));

        HoldoutRule rule = new HoldoutRule(settings.config().learning().holdoutFraction());
        SampleDecoder decoder =
                new SampleDecoder(settings.schema(), teacher(last), new ViewFit(rule, settings.studentView()));
        SampleFeed feed = opened(feed(last, decoder, topic, gauges));
        KafkaProducer<byte[], byte[]> producer = opened(KafkaClients.producer(settings.kafka(), Map.of()));
        CheckpointedParts parts = parts(runtime, student, decoder, topicId, producer, gauges);
        StreamTrainer trainer = new StreamTrainer(
                settings.schedule(),
                parts,
                new SampleWindow(
                        settings.schedule().newFrames(), settings.schedule().windowCapacity(), rule),
                new SampleIntake(parts, rule, new DeadLetterOutbox(producer, pulse), gauges),
                checkpoints,
                feed,
                publisher(runtime, registry, producer),
                gauges,
                listener);

        last.ifPresentOrElse(
                checkpoint -> resume(trainer, checkpoint, decoder), () -> trainer.begin(topic.beginnings()));
        topic.watch(topicId);
        feed.start();
        return new Assembled(feed, trainer, brokers, patience, meters, this);
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private void requireTopics() {
        List<String> topics =
                new ArrayList<>(List.of(Topics.DISTILLATION_SAMPLES, Topics.DEAD_LETTER, Topics.STUDENTS_PUBLISHED));
        if (settings.config().wanted().enabled()) {
            topics.add(Topics.LABELS_WANTED);
        }
        Topics.require(settings.kafka(), topics, settings.config().kafka().topicsWithin());
    }

    private TrainerCheckpoint sameLine(TrainerCheckpoint checkpoint, String topicId) {
        return LineOrigin.of(settings, Optional.of(checkpoint)).checkpoint(topicId);
    }

    private static @Nullable TeacherIdentity teacher(Optional<TrainerCheckpoint> last) {
        return last.map(checkpoint -> checkpoint.state().teacher()).orElse(null);
    }

    private SampleFeed feed(
            Optional<TrainerCheckpoint> last, SampleDecoder decoder, SampleTopic topic, TrainerGauges gauges) {
        return new SampleFeed(
                settings.kafka(),
                settings.config().kafka().group(),
                settings.config().kafka().queue(),
                last.map(checkpoint -> checkpoint.state().nextOffsets()).orElse(Map.of()),
                decoder,
                topic,
                gauges);
    }

    private CheckpointedParts parts(
            TorchRuntime runtime,
            SegmentationModel student,
            SampleDecoder decoder,
            String topicId,
            KafkaProducer<byte[], byte[]> producer,
            TrainerGauges gauges) {
        LearningConfig learning = settings.config().learning();
        long seed = settings.config().student().seed();
        StudentLearner learner = opened(new StudentLearner(runtime, student, settings.learner(), seed));
        LabelsAside labels = labels(learner, gauges);
        learner.tell(labels);
        return new CheckpointedParts(
                new CheckpointedParts.ModelLine(
                        settings.model(), settings.schema().id(), Topics.DISTILLATION_SAMPLES, topicId),
                decoder,
                new DuplicateFilter(learning.duplicateWindow()),
                new FateLog(),
                new HoldoutBuffer(
                        learning.holdoutCapacity(), HeapShares.ofThisJvm().holdout()),
                settings.plugins().replay(),
                learner,
                new GuardMemory(
                        new LearningGuard(
                                settings.guard(), learner, new GuardReports(settings.model(), gauges, labels)),
                        new LastGood(
                                settings.guard().enabled() ? settings.guard().collapse() : 0),
                        labels),
                new DriftReaction(settings.drift(), settings.plugins().drift(), learner),
                new WantedLabels(
                        settings.config().wanted(), learner, new WantedOutbox(producer, settings.model(), gauges)),
                new CheckpointedRandom(seed));
    }

    private LabelsAside labels(StudentLearner learner, TrainerGauges gauges) {
        boolean distrust = settings.config().learning().distrust();
        GuardReports reports = new GuardReports(settings.model(), gauges, FirstLook.NONE);
        return new LabelsAside(new LabelDoubts(learner::accuracy, distrust, reports), distrust);
    }

    private StudentPublisher publisher(
            TorchRuntime runtime, ModelRegistry registry, KafkaProducer<byte[], byte[]> producer) {
        return new StudentPublisher(
                runtime,
                registry,
                patience.outlast(
                        "open the model line", () -> registry.publisher().openWriter(settings.model(), writerName())),
                producer,
                opened(promotions(registry)),
                patience,
                settings.published());
    }

    /**
     * @param known whether the trainer has worked with this store: then the store is away, and the address is no mistake
     */
    private ModelRegistry registry(boolean known) {
        try {
            return patience.outlast(
                    known ? settings.config().store().patience() : FIRST_CONTACT,
                    "answer",
                    () -> settings.signingKey().isPresent()
                            ? ModelRegistry.open(
                                    settings.store(), settings.signingKey().get())
                            : ModelRegistry.open(settings.store()));
        } catch (StoreException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private PromotionLoop promotions(ModelRegistry registry) {
        String model = settings.model();
        List<PromotionLoop.Task> tasks = new ArrayList<>();
        settings.gate()
                .map(rules -> new PromotionGate(registry, model, rules, Clock.systemUTC()))
                .ifPresent(gate -> tasks.add(new PromotionLoop.Task("promotion gate", new GateStep(model, gate))));
        if (settings.config().publish().deltas()) {
            tasks.add(new PromotionLoop.Task("delta backlog", DeltaBacklog.of(registry, model)));
        }
        return new PromotionLoop(model, settings.config().gate().every(), tasks);
    }

    private static String writerName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "trainer";
        }
    }

    private void resume(StreamTrainer trainer, TrainerCheckpoint checkpoint, SampleDecoder decoder) {
        LOG.info(
                "Resuming model {} after {} trained frames",
                settings.model(),
                checkpoint.state().counts().trained());
        trainer.resume(checkpoint, new SampleTopicReader(settings.kafka(), Topics.DISTILLATION_SAMPLES, decoder));
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable part = open.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close: {}", part.getClass().getSimpleName(), e.getMessage());
            }
        }
    }
}
