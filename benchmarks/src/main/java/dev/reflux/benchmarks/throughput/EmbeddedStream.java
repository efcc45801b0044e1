package dev.reflux.benchmarks.throughput;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.teacher.TeacherMain;
import dev.reflux.torch.model.ProjectionHeadFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A broker and a store in this process, the frames of a data set in the topic, and the same frames in memory. */
final class EmbeddedStream implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final byte[] CAMERA = "bench-camera".getBytes(StandardCharsets.UTF_8);

    private final ThroughputSettings settings;
    private final Dataset dataset;
    private final ModelCard teacher;
    private final Path head;
    private final Path folder;
    private final EmbeddedKafka broker;
    private final EmbeddedS3 store;
    private final List<byte[]> frames;

    private EmbeddedStream(
            ThroughputSettings settings,
            Dataset dataset,
            ModelCard teacher,
            Path head,
            Path folder,
            List<LabeledFrame> frames) {
        this.settings = settings;
        this.dataset = dataset;
        this.teacher = teacher;
        this.head = head;
        this.folder = folder;
        this.frames = frames.stream().map(LabeledFrame::toByteArray).toList();
        this.broker = EmbeddedKafka.start(folder.resolve("kafka"));
        this.store = EmbeddedS3.start(folder.resolve("store"));
    }

    /**
     * Starts both and pushes the frames.
     *
     * @param most the largest number of frames
     * @param progress receives the number of frames pushed
     * @throws UsageException if data set, teacher and head do not fit together
     */
    static EmbeddedStream open(ThroughputSettings settings, int most, Consumer<String> progress) {
        Dataset dataset = DatasetCatalog.open(settings.dataset());
        ModelCard teacher = ModelCard.read(settings.teacher());
        if (teacher.labelSchema().classCount() != dataset.schema().classCount()) {
            throw new UsageException("The teacher " + teacher.name() + " knows "
                    + teacher.labelSchema().id() + " and the data set " + dataset.id() + " is labelled by "
                    + dataset.schema().id() + "; give a --teacher of that schema.");
        }
        Path head = requireHead(settings.teacher());
        FleetPlan plan = FleetPlan.once(dataset, "train").first(most);
        List<LabeledFrame> frames = new ArrayList<>();
        try (Stream<LabeledFrame> messages = plan.messages()) {
            messages.forEach(frame -> {
                frames.add(frame);
                progress.accept(String.format(Locale.ROOT, "frame %d/%d", frames.size(), plan.count()));
            });
        }
        EmbeddedStream stream = new EmbeddedStream(settings, dataset, teacher, head, temporary(), frames);
        try {
            Topics.ensure(stream.kafka(), new Topics.Plan(1, (short) 1, -1));
            stream.push();
            return stream;
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /** Pushes all frames once more. */
    void push() {
        try (KafkaProducer<byte[], byte[]> camera = KafkaClients.producer(kafka(), Map.of())) {
            frames.forEach(frame -> camera.send(new ProducerRecord<>(Topics.FRAMES_LABELED, CAMERA, frame)));
            camera.flush();
        }
    }

    private static Path requireHead(Path card) {
        Path head = TeacherMain.headBeside(card);
        if (!Files.exists(head)) {
            throw new UsageException("No projection head lies beside the teacher (" + head
                    + "); fit one with reflux fit-projection --teacher " + card + ".");
        }
        return head;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("reflux-bench");
        } catch (IOException e) {
            throw new UsageException("No temporary folder can be made; set TMPDIR to one that can be written to.", e);
        }
    }

    ThroughputSettings settings() {
        return settings;
    }

    Dataset dataset() {
        return dataset;
    }

    ModelCard teacher() {
        return teacher;
    }

    ProjectionHeadFile head() {
        return ProjectionHeadFile.read(head);
    }

    Path headFile() {
        return head;
    }

    /** Returns the size of the data set's frames, at most the teacher's input size. */
    ImageSize view() {
        return dataset.size().upTo(teacher.input().size());
    }

    KafkaSettings kafka() {
        return KafkaSettings.of(broker.bootstrapServers());
    }

    EmbeddedS3 store() {
        return store;
    }

    /** Returns the LabeledFrame messages in the order of the topic. */
    List<byte[]> frames() {
        return frames;
    }

    /** Returns a new folder for one run. */
    Path folder(String name) {
        return folder.resolve(name);
    }

    /** Returns the first records of a topic with one partition. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka(), "bench-reader", Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (records.size() < count) {
                consumer.poll(POLL).forEach(records::add);
            }
        }
        return List.copyOf(records.subList(0, count));
    }

    @Override
    public void close() {
        store.close();
        broker.close();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary folder " + folder + " cannot be removed", e);
        }
    }
}
