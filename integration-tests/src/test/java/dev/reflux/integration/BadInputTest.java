package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.model.ModelCard;
import dev.reflux.integration.backbone.Backbone;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.teacher.TeacherListener;
import dev.reflux.teacher.TeacherService;
import dev.reflux.torch.model.ProjectionHeadFile;
import dev.reflux.trainer.TrainerConfig;
import dev.reflux.trainer.TrainerListener;
import dev.reflux.trainer.TrainerService;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.SampleReference;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Good and bad frames, one after the other, through broker, teacher and trainer, on whichever {@link Backbone} there is. */
@Timeout(180)
class BadInputTest {

    private static final Path FIXTURES = Path.of("../models/fixtures");
    private static final int WIDTH = 96;
    private static final int HEIGHT = 64;

    @TempDir
    private Path directory;

    private Backbone backbone;
    private KafkaSettings kafka;
    private Producer<byte[], byte[]> camera;

    @BeforeEach
    void start() {
        backbone = Backbone.open(directory);
        kafka = backbone.kafka();
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        camera = KafkaClients.producer(kafka, Map.of());
    }

    @AfterEach
    void stop() {
        camera.close();
        backbone.close();
    }

    /** What is wrong → the record's value; each name begins with the reason that its dead letter must give. */
    private static Map<String, byte[]> badFrames() {
        Map<String, byte[]> bad = new LinkedHashMap<>();
        byte[] jpeg = jpeg(1);
        bad.put("UNREADABLE_IMAGE truncated JPEG", frame(f -> f.setImage(bytes(Arrays.copyOf(jpeg, jpeg.length / 2)))));
        bad.put("LABEL_SIZE_MISMATCH", frame(f -> f.setLabel(label(WIDTH / 2, HEIGHT, 4))));
        bad.put("CLASS_OUT_OF_RANGE", frame(f -> f.setLabel(label(WIDTH, HEIGHT, 5))));
        bad.put("UNKNOWN_LABEL_SCHEMA", frame(f -> f.setLabelSchemaId("nobody-7")));
        bad.put("LABEL_NOT_8_BIT_GRAY 16 bit", frame(f -> f.setLabel(png(BufferedImage.TYPE_USHORT_GRAY))));
        bad.put("LABEL_NOT_8_BIT_GRAY RGB", frame(f -> f.setLabel(png(BufferedImage.TYPE_3BYTE_BGR))));
        bad.put("EMPTY_IMAGE", frame(f -> f.setImage(ByteString.EMPTY)));
        bad.put("IMAGE_TOO_LARGE 20000x20000", frame(f -> f.setImage(pngHeader(20_000, 20_000))));
        bad.put("UNKNOWN_MESSAGE_VERSION", frame(f -> f.setFormatVersion(99)));
        bad.put("MALFORMED_MESSAGE rubbish", "<html>no frame</html>".getBytes(StandardCharsets.UTF_8));
        bad.put("RECORD_TOO_LARGE", frame(f -> f.setVehicleId("v".repeat(MessageCodec.MAX_RECORD_BYTES))));
        return bad;
    }

    /** As badFrames, of what comes into the trainer's topic past the teacher. */
    private static Map<String, byte[]> badSamples() {
        Map<String, byte[]> bad = new LinkedHashMap<>();
        bad.put("MALFORMED_MESSAGE garbage", new byte[] {7, 7, 7, 7});
        bad.put(
                "UNKNOWN_MESSAGE_VERSION",
                DistillationSample.newBuilder().setFormatVersion(99).build().toByteArray());
        bad.put("RECORD_TOO_LARGE", new byte[MessageCodec.MAX_RECORD_BYTES + 1]);
        return bad;
    }

    @Test
    void givenBadInputOfEveryKindBetweenGoodFrames_whenStreamed_thenEachIsNamedEveryGoodFrameCountsAndNothingStops()
            throws Exception {
        Map<String, byte[]> frames = badFrames();
        Map<String, byte[]> samples = badSamples();
        int good = 0;
        for (byte[] bad : frames.values()) {
            push(Topics.FRAMES_LABELED, goodFrame(good++));
            push(Topics.FRAMES_LABELED, bad);
            push(Topics.FRAMES_LABELED, goodFrame(good++));
        }
        samples.values().forEach(bad -> push(Topics.DISTILLATION_SAMPLES, bad));
        try (TrainerService trainer = TrainerService.start(trainer(), new TrainerListener() {});
                TeacherService teacher = TeacherService.start(teacher(), TeacherListener.SILENT)) {

            trainer.finishAfter(good + samples.size());

            assertThat(trainer.failure()).isEmpty();
            assertThat(teacher.failure()).isEmpty();
            assertThat(trainer.counts().trained() + trainer.counts().heldOut()).isEqualTo(good);
            assertThat(trainer.counts().deadLettered()).isEqualTo(samples.size());
            assertThat(trainer.counts().duplicates()).isZero();
            everyGoodFrameIsInTheCheckpointOnce(good);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> read(Topics.DEAD_LETTER).size() >= frames.size() + samples.size());
            List<DeadLetter> letters =
                    read(Topics.DEAD_LETTER).stream().map(DeadLetter::read).toList();
            eachIsNamed(of(letters, Topics.FRAMES_LABELED), frames, "teacher.ingest");
            eachIsNamed(of(letters, Topics.DISTILLATION_SAMPLES), samples, "trainer.ingest");
            assertThat(letters).hasSize(frames.size() + samples.size());
        }
    }

    private static List<DeadLetter> of(List<DeadLetter> letters, String topic) {
        return letters.stream().filter(letter -> letter.topic().equals(topic)).toList();
    }

    private void eachIsNamed(List<DeadLetter> letters, Map<String, byte[]> bad, String stage) {
        List<ConsumerRecord<byte[], byte[]>> sources =
                letters.isEmpty() ? List.of() : read(letters.get(0).topic());
        assertThat(letters)
                .extracting(letter -> letter.reason().name())
                .containsExactlyElementsOf(
                        bad.keySet().stream().map(name -> name.split(" ")[0]).toList());
        assertThat(letters).zipSatisfy(bad.values(), (letter, value) -> {
            assertThat(letter.value()).isEqualTo(value);
            assertThat(letter.stage()).isEqualTo(stage);
            assertThat(letter.message()).endsWith(".");
            assertThat(sources.stream()
                            .filter(source -> source.offset() == letter.offset())
                            .findFirst()
                            .orElseThrow()
                            .value())
                    .as("the record that it names")
                    .isEqualTo(value);
        });
    }

    /** Replay and holdout are larger than the stream here: together they hold all that had an effect. */
    private void everyGoodFrameIsInTheCheckpointOnce(int good) throws Exception {
        TrainerState state = new CheckpointStore(directory.resolve("checkpoints"))
                .newest()
                .orElseThrow()
                .state();
        List<Long> used = Stream.concat(state.replay().stream(), state.holdout().stream())
                .map(SampleReference::offset)
                .toList();
        assertThat(used).hasSize(good).doesNotHaveDuplicates();
        TreeSet<String> ids = new TreeSet<>();
        for (ConsumerRecord<byte[], byte[]> record : read(Topics.DISTILLATION_SAMPLES)) {
            if (used.contains(record.offset())) {
                ids.add(MessageCodec.sample(record.value()).getFrame().getFrameId());
            }
        }
        assertThat(ids)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, good).mapToObj(i -> "good-" + i).toList());
    }

    private TeacherConfig teacher() {
        ModelCard card = ModelCard.read(FIXTURES.resolve("tiny-teacher.json"));
        float[] weight = new float[card.labelSchema().classCount() * card.featuresChannels()];
        Random random = new Random(1);
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) random.nextGaussian();
        }
        Path head = directory.resolve("head.safetensors");
        ProjectionHeadFile.of(card.name(), card.labelSchema().id(), weight, new float[5], false, Map.of())
                .write(head);
        return ConfigLoader.load(
                TeacherConfig.class,
                null,
                Map.of(),
                Map.of(
                        "teacher.kafka.bootstrap-servers",
                        kafka.bootstrapServers(),
                        "teacher.model.card",
                        FIXTURES.resolve("tiny-teacher.json").toString(),
                        "teacher.model.projection",
                        head.toString(),
                        "teacher.compute.device",
                        "cpu",
                        "teacher.compute.threads",
                        "1",
                        "teacher.health.port",
                        "0"));
    }

    private TrainerConfig trainer() {
        Map<String, String> keys = new HashMap<>();
        keys.put("trainer.kafka.bootstrap-servers", kafka.bootstrapServers());
        keys.put("trainer.student.card", FIXTURES.resolve("tiny-student.json").toString());
        keys.put("trainer.student.name", "student-" + UUID.randomUUID());
        keys.put("trainer.store.endpoint", backbone.store().endpoint().toString());
        keys.put("trainer.store.bucket", backbone.store().bucket());
        keys.put("trainer.store.access-key", backbone.store().accessKey());
        keys.put("trainer.store.secret-key", backbone.store().secretKey());
        keys.put("trainer.checkpoint.folder", directory.resolve("checkpoints").toString());
        keys.put("trainer.compute.device", "cpu");
        keys.put("trainer.compute.threads", "1");
        keys.put("trainer.health.port", "0");
        return ConfigLoader.load(TrainerConfig.class, null, Map.of(), keys);
    }

    private void push(String topic, byte[] value) {
        camera.send(new ProducerRecord<>(topic, "camera".getBytes(StandardCharsets.UTF_8), value));
        camera.flush();
    }

    /** What stands in a topic of one partition now. */
    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader = KafkaClients.consumer(kafka, "reader", Map.of())) {
            reader.assign(List.of(partition));
            reader.seekToBeginning(List.of(partition));
            long end = reader.endOffsets(List.of(partition)).get(partition);
            while (reader.position(partition) < end) {
                reader.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    // ---- frames ------------------------------------------------------------------------------------------------

    private static LabeledFrame.Builder sound(int i) {
        return LabeledFrame.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrameId("good-" + i)
                .setCameraId("camera")
                .setVehicleId("vehicle")
                .setCapturedAtMicros(1_700_000_000_000_000L + i * 1_000_000L)
                .setImage(bytes(jpeg(i)))
                .setLabel(label(WIDTH, HEIGHT, 4))
                .setLabelSchemaId("tiny-5");
    }

    private static byte[] goodFrame(int i) {
        return sound(i).build().toByteArray();
    }

    private static byte[] frame(UnaryOperator<LabeledFrame.Builder> change) {
        return change.apply(sound(0).setFrameId("bad")).build().toByteArray();
    }

    private static ByteString bytes(byte[] bytes) {
        return ByteString.copyFrom(bytes);
    }

    private static byte[] jpeg(int seed) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        new Random(seed).nextBytes(rgb);
        return ImageCodec.standard().encodeJpeg(new RgbImage(WIDTH, HEIGHT, rgb), 0.9f);
    }

    private static ByteString label(int width, int height, int highest) {
        byte[] ids = new byte[width * height];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i % width * (highest + 1) / width);
        }
        return bytes(new LabelMapCodec().encode(new LabelMap(width, height, ids)));
    }

    private static ByteString png(int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(WIDTH, HEIGHT, type), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes(out.toByteArray());
    }

    /** The first 33 bytes of a PNG that announces a size and has nothing else. */
    private static ByteString pngHeader(int width, int height) {
        ByteBuffer header = ByteBuffer.allocate(33);
        header.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'})
                .putInt(13);
        header.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array(), 12, 17);
        return bytes(header.putInt((int) crc.getValue()).array());
    }
}
