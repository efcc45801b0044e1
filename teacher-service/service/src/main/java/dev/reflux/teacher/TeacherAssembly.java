package dev.reflux.teacher;

import static dev.reflux.teacher.pipeline.StageName.INFERENCE;
import static dev.reflux.teacher.pipeline.StageName.PROJECTION;
import static dev.reflux.teacher.pipeline.StageName.PUBLISH;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.health.BrokerCheck;
import dev.reflux.common.health.HealthServer;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.common.kafka.PollSettings;
import dev.reflux.common.kafka.RecordSource;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.meters.Meters;
import dev.reflux.teacher.inference.CarefulInference;
import dev.reflux.teacher.inference.InferredBatch;
import dev.reflux.teacher.ingest.DecodeStage;
import dev.reflux.teacher.ingest.DecodedBatch;
import dev.reflux.teacher.ingest.FrameDecoder;
import dev.reflux.teacher.ingest.FrameDecoding;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.SerialStage;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.projection.ModelBreaker;
import dev.reflux.teacher.projection.ProjectedBatch;
import dev.reflux.teacher.publish.BatchPublisher;
import dev.reflux.teacher.publish.CommitWindow;
import dev.reflux.teacher.publish.CommittedBatch;
import dev.reflux.teacher.publish.FrameTopic;
import dev.reflux.teacher.publish.SampleEncoder;
import dev.reflux.teacher.suspect.SuspectGate;
import io.vertx.core.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a teacher: first what the stages need (brokers, workers, model), then the stages in the direction of the data,
 * then the flow of frames into the first one. Every part is handed to the life cycle as soon as it exists, so that a
 * start that fails closes what it has opened.
 *
 * <p>Threading: belongs to the thread that starts the service, which blocks meanwhile.
 */
final class TeacherAssembly {

    private static final Logger LOG = LoggerFactory.getLogger(TeacherAssembly.class);

    private final TeacherSettings settings;
    private final TeacherListener listener;
    private final ProducerFactory producers;
    private final UnaryOperator<FrameDecoding> decoding;
    private final TeacherLifecycle lifecycle;
    private final PartitionOwnership ownership = new PartitionOwnership();

    TeacherAssembly(
            TeacherSettings settings,
            TeacherListener listener,
            ProducerFactory producers,
            UnaryOperator<FrameDecoding> decoding,
            TeacherLifecycle lifecycle) {
        this.settings = settings;
        this.listener = listener;
        this.producers = producers;
        this.decoding = decoding;
        this.lifecycle = lifecycle;
    }

    TeacherService start() {
        Meters meters = lifecycle.closes(new Meters());
        Workers workers = lifecycle.closes(Workers.start(settings.decodeThreads()));
        Producer<byte[], byte[]> producer = brokers(workers);
        BrokerCheck broker = lifecycle.closes(BrokerCheck.start(settings.kafka()));
        TeacherModel model = lifecycle.closes(TeacherModel.load(settings, workers));
        PollLoop polling = lifecycle.closes(pollLoop());
        TeacherGauges gauges = new TeacherGauges(meters, polling);

        FrameTopic topic = lifecycle.closes(FrameTopic.open(settings.kafka()));
        BatchPublisher publisher = lifecycle.closes(publisher(producer, topic, polling, gauges));
        SuspectGate pipeline = gate(workers, publisher, gauges, model);
        HealthServer health =
                lifecycle.closes(TeacherHealth.start(settings, polling, gauges, lifecycle, broker, meters));

        polling.start(new PolledFrames(ownership, gauges, pipeline, topic, lifecycle));
        lifecycle.closes(() -> stopTaking(workers, publisher, polling));
        LOG.info(
                "Teacher {} with projection head {} sees frames at {}, health on port {}",
                settings.card().name(),
                settings.head().id(),
                settings.view(),
                health.port());
        return new TeacherService(lifecycle, polling, gauges, health);
    }

    /** Returns a producer with its transactions initialized, once the brokers are there and have the topics. */
    private Producer<byte[], byte[]> brokers(Workers workers) {
        Producer<byte[], byte[]> producer =
                lifecycle.closes(new ProducerStart(workers).initialized(settings, producers));
        Topics.require(
                settings.kafka(),
                List.of(Topics.FRAMES_LABELED, Topics.DISTILLATION_SAMPLES, Topics.DEAD_LETTER),
                settings.topicsWithin());
        return producer;
    }

    private PollLoop pollLoop() {
        return new PollLoop(
                "teacher-poll",
                new RecordSource.Subscription(List.of(Topics.FRAMES_LABELED)),
                PollSettings.of(settings.inFlight()),
                KafkaClients.streamConsumer(settings.kafka(), settings.group(), settings.batchSize()));
    }

    /** Returns the stages behind the gate that finds the frames that end the process. */
    private SuspectGate gate(Workers workers, BatchPublisher publisher, TeacherGauges gauges, TeacherModel model) {
        StageObserver observer = observer(gauges);
        ModelBreaker breaker = new ModelBreaker(
                settings.card().name(), settings.failureLimit(), () -> model.passesGray(settings.view()));
        gauges.modelFailures(breaker::level);
        return new SuspectGate(
                workers.context(),
                pipeline(workers, model, breaker, publisher, observer),
                (ticket, mark) -> workers.publishing().executeBlocking(() -> publisher.mark(ticket, mark), false),
                // The most that the poll loop hands over before it pauses.
                settings.inFlight() + settings.batchSize(),
                observer);
    }

    /** Joins the stages in the direction of the data. All of them share one context. */
    private Stage<Ticket> pipeline(
            Workers workers,
            TeacherModel model,
            ModelBreaker breaker,
            BatchPublisher publisher,
            StageObserver observer) {
        Context context = workers.context();
        CarefulInference inference = new CarefulInference(model.network(), settings.view());
        return DecodeStage.link(
                        context, workers.decoding(), decoder(), settings.batchSize(), settings.linger(), observer)
                .then(SerialStage.link(
                        INFERENCE, context, workers.torch(), inference::infer, DecodedBatch::size, observer))
                .then(SerialStage.link(
                        PROJECTION,
                        context,
                        workers.torch(),
                        batch -> breaker.judge(model.projector().project(batch)),
                        InferredBatch::size,
                        observer))
                .then(CommitWindow.link(context, settings.commitFrames(), settings.commitLinger()))
                .then(SerialStage.link(
                        PUBLISH, context, workers.publishing(), publisher::publish, ProjectedBatch::size, observer))
                .into(Stage.end());
    }

    private FrameDecoding decoder() {
        return decoding.apply(new FrameDecoder(
                ImageCodec.standard(),
                settings.schemas(),
                settings.card().labelSchema().id()));
    }

    private BatchPublisher publisher(
            Producer<byte[], byte[]> producer, FrameTopic topic, PollLoop polling, TeacherGauges gauges) {
        SampleEncoder encoder = new SampleEncoder(
                settings.card().name(),
                settings.head().id(),
                settings.card().labelSchema().id(),
                settings.view(),
                settings.wireType().tensorType());
        return new BatchPublisher(
                encoder,
                topic::of,
                MessageCodec.MAX_RECORD_BYTES,
                producer,
                ownership,
                polling::groupMetadata,
                batch -> committed(batch, gauges));
    }

    private void committed(CommittedBatch batch, TeacherGauges gauges) {
        gauges.committed(batch);
        listener.published(gauges.snapshot());
    }

    private StageObserver observer(TeacherGauges gauges) {
        return new StageObserver() {
            @Override
            public void worked(StageName stage, int frames, long nanos) {
                gauges.worked(stage, frames, nanos);
            }

            @Override
            public void failed(StageName stage, Throwable cause) {
                lifecycle.fail(cause);
            }
        };
    }

    /**
     * Drops what is on its way, except for an open transaction: that one may end before the group is left. A teacher that
     * stops in good order says so beside its offsets.
     */
    private void stopTaking(Workers workers, BatchPublisher publisher, PollLoop polling) throws Exception {
        // The membership first: if a partition moves after this line, the broker refuses the marks.
        Optional<ConsumerGroupMetadata> member = polling.membership();
        Map<TopicPartition, Long> held = ownership.owned();
        ownership.revoked(held.keySet());
        workers.finishPublishing(() -> {
            if (lifecycle.failure().isEmpty()) {
                member.ifPresent(sound -> publisher.leave(sound, held));
            }
        });
    }
}
