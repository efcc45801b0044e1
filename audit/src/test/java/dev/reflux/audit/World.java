package dev.reflux.audit;

import com.google.protobuf.ByteString;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.CandidateStudent;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.Writer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Twelve frames and what became of them, as teacher and trainer would leave them in log and registry. A test changes
 * something before it is written, or damages what was written.
 */
final class World {

    /** The part of a version that a lie is told in. */
    static final class Version {

        long parent;
        long from;
        long to;
        long saidTo;
        long framesTrained;
        List<String> runs;
        Optional<String> wholeFile = Optional.empty();
        boolean fates = true;

        Version(long parent, long from, long to, long framesTrained, List<String> runs) {
            this.parent = parent;
            this.from = from;
            this.to = to;
            this.saidTo = to;
            this.framesTrained = framesTrained;
            this.runs = new ArrayList<>(runs);
        }
    }

    /** A record of the dead-letter topic. */
    record Letter(String stage, boolean ofFrame, long offset) {}

    final List<Optional<Long>> samples = new ArrayList<>();
    final List<Letter> letters = new ArrayList<>();
    final List<Version> versions = new ArrayList<>();
    long frames = 12;
    long committed = 11;

    private final Bed bed;
    private final String name;
    private String frameTopicId = "";
    private Writer writer;

    /** Broker and store of all tests. */
    record Bed(EmbeddedKafka broker, EmbeddedS3 store, ObjectStore bucket, Path folder) {

        KafkaSettings kafka() {
            return KafkaSettings.of(broker.bootstrapServers());
        }
    }

    World(Bed bed, String name) {
        this.bed = bed;
        this.name = name;
        List.of(0L, 1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L, 10L).forEach(frame -> samples.add(Optional.of(frame)));
        letters.add(new Letter("teacher.ingest", true, 6));
        letters.add(new Letter("trainer.ingest", false, 6));
        versions.add(new Version(
                0,
                0,
                7,
                4,
                List.of(
                        run("trained", 0, 3, 0),
                        run("held-out", 4, 4, 4),
                        repeats(5, 5, 1),
                        run("dead-lettered", 6, 6, 7))));
        versions.add(new Version(1, 7, 9, 6, List.of(run("trained", 7, 8, 8))));
    }

    static String run(String fate, long first, long last, long frame) {
        return "{\"fate\":\"%s\",\"first\":%d,\"last\":%d,\"samples\":%d,\"frames\":{\"topic\":0,\"partition\":0,\"first\":%d}}"
                .formatted(fate, first, last, last - first + 1, frame);
    }

    static String repeats(long sample, long frame, long of) {
        return run("duplicate", sample, sample, frame)
                .replaceFirst("}}$", "},\"of\":{\"topic\":0,\"partition\":0,\"first\":" + of + "}}");
    }

    String model() {
        return name;
    }

    AuditSettings settings() {
        return new AuditSettings(
                bed.kafka(), name, name + "-teachers", name + ".frames", name + ".samples", name + ".letters");
    }

    /** Writes log and registry. */
    World write() throws Exception {
        try (Admin admin = KafkaClients.admin(bed.kafka());
                KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(bed.kafka(), Map.of())) {
            for (String topic : List.of(
                    settings().frames(), settings().samples(), settings().deadLetters())) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)
                                .configs(Map.of("message.timestamp.type", "LogAppendTime"))))
                        .all()
                        .get();
            }
            frameTopicId = admin.describeTopics(List.of(settings().frames()))
                    .allTopicNames()
                    .get()
                    .get(settings().frames())
                    .topicId()
                    .toString();
            for (long i = 0; i < frames; i++) {
                producer.send(new ProducerRecord<>(settings().frames(), 0, null, new byte[] {1}));
            }
            producer.flush();
            for (Optional<Long> frame : samples) {
                producer.send(new ProducerRecord<>(settings().samples(), 0, null, sample(frame)));
            }
            letters.forEach(letter -> producer.send(record(letter)));
            producer.flush();
            TopicPartition partition = new TopicPartition(settings().frames(), 0);
            if (committed >= 0) {
                admin.alterConsumerGroupOffsets(
                                settings().teacherGroup(), Map.of(partition, new OffsetAndMetadata(committed)))
                        .all()
                        .get();
            }
        }
        ModelRegistry registry = new ModelRegistry(bed.bucket(), Clock.systemUTC());
        writer = registry.publisher().openWriter(name, "test");
        for (Version version : versions) {
            publish(version);
        }
        return this;
    }

    void publish(Version version) throws IOException {
        new ModelRegistry(bed.bucket(), Clock.systemUTC()).publisher().publish(writer, candidate(version));
    }

    AuditReport audit() {
        return auditing(bed.bucket());
    }

    /** Audits while a trainer goes on: the version is published when the first artifact is read. */
    AuditReport auditWhilePublishing(Version version) {
        AtomicBoolean published = new AtomicBoolean();
        return auditing(new ObjectSource() {
            @Override
            public Optional<InputStream> open(String key) {
                if (key.contains("/blobs/") && published.compareAndSet(false, true)) {
                    try {
                        publish(version);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                return bed.bucket().open(key);
            }

            @Override
            public List<Listed> list(String prefix, String after, int limit) {
                return bed.bucket().list(prefix, after, limit);
            }

            @Override
            public void close() {}
        });
    }

    private AuditReport auditing(ObjectSource source) {
        return new Audit(settings(), source, (topic, records) -> {}).run();
    }

    private byte[] sample(Optional<Long> frame) {
        DistillationSample.Builder sample = DistillationSample.newBuilder()
                .setFormatVersion(1)
                .setFrame(LabeledFrame.newBuilder().setImage(ByteString.copyFrom(new byte[100])));
        frame.ifPresent(offset -> sample.setFrameSource(FrameSource.newBuilder()
                .setTopic(settings().frames())
                .setTopicId(frameTopicId)
                .setOffset(offset)));
        return sample.build().toByteArray();
    }

    private ProducerRecord<byte[], byte[]> record(Letter letter) {
        var record = new ProducerRecord<byte[], byte[]>(settings().deadLetters(), 0, null, new byte[0]);
        Map.of(
                        "reflux.stage",
                        letter.stage(),
                        "reflux.reason",
                        "EMPTY_IMAGE",
                        "reflux.source.topic",
                        letter.ofFrame() ? settings().frames() : settings().samples(),
                        "reflux.source.partition",
                        "0",
                        "reflux.source.offset",
                        String.valueOf(letter.offset()))
                .forEach((key, value) -> record.headers().add(key, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private CandidateStudent candidate(Version version) throws IOException {
        Path folder = Files.createTempDirectory(bed.folder(), "candidate");
        Map<Artifact, Path> files = new EnumMap<>(Artifact.class);
        for (Artifact artifact : Artifact.values()) {
            files.put(
                    artifact,
                    Files.writeString(folder.resolve(artifact.fileName()), artifact + " " + version.framesTrained));
        }
        Path fates = Files.writeString(folder.resolve("fates.json"), version.wholeFile.orElseGet(() -> file(version)));
        return new CandidateStudent(
                files,
                new Lineage(
                        version.parent,
                        "teacher",
                        "head",
                        "tiny-5",
                        Map.of(settings().samples() + "-0", version.saidTo),
                        version.framesTrained,
                        version.framesTrained),
                Map.of(),
                Map.of(),
                version.fates ? Optional.of(fates) : Optional.empty());
    }

    private String file(Version version) {
        return ("{\"format\":1,\"model\":\"%s\",\"parentVersion\":%d,\"topic\":\"%s\",\"partitions\":[{\"partition\":0,"
                        + "\"from\":%d,\"to\":%d,\"runs\":[%s]}],\"frameTopics\":[{\"topic\":\"%s\",\"id\":\"%s\"}]}")
                .formatted(
                        name,
                        version.parent,
                        settings().samples(),
                        version.from,
                        version.to,
                        String.join(",", version.runs),
                        settings().frames(),
                        frameTopicId);
    }

    /** Removes the records before an offset, as retention does. */
    void removeBefore(String topic, long offset) {
        try (Admin admin = KafkaClients.admin(bed.kafka())) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    StudentVersion version(long number) {
        return new ModelRegistry(bed.bucket(), Clock.systemUTC()).reader().require(name, String.valueOf(number));
    }

    void delete(String key) {
        bed.bucket().delete(key);
    }

    void overwrite(String key, String content) {
        try {
            bed.bucket().delete(key);
            bed.bucket().put(key, Files.writeString(bed.folder().resolve("damage"), content));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String manifestKey(long number) {
        return BucketLayout.versions(name).of(number);
    }

    String aliasKey() {
        return BucketLayout.alias(name, "latest").of(versions.size());
    }
}
