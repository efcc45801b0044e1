package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.common.message.WantedReason;
import dev.reflux.embedded.EmbeddedKafka;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command on a real broker: two windows of a model, the first of which was written twice, and one of another model. */
class FleetWantedTest {

    @TempDir
    private static Path directory;

    private static EmbeddedKafka broker;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedKafka.start(directory.resolve("kafka"));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            send(producer, label("student", 1, 1, "drive/0001", 0.5).toByteArray());
            send(producer, label("student", 2, 2, "drive/0003", 0.25).toByteArray());
            send(producer, label("student", 2, 1, "drive/0002, \"dusk\"", 1.75).toByteArray());
            send(producer, new byte[] {1, 2, 3});
            send(producer, label("other", 9, 1, "drive/0009", 3).toByteArray());
            send(producer, label("student", 1, 1, "drive/0001", 0.625).toByteArray());
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.LABELS_WANTED, value)).get();
    }

    private static WantedLabel label(String model, long window, int rank, String frame, double score) {
        return WantedLabel.newBuilder()
                .setFormatVersion(1)
                .setModelName(model)
                .setWindow(window)
                .setRank(rank)
                .setFrameId(frame)
                .setCameraId("front cam")
                .setVehicleId("car-7")
                .setCapturedAtMicros(1_700_000_000_500_000L)
                .setScore(score)
                .addReasons(WantedReason.newBuilder().setName("disagreement").setValue(0.125))
                .addReasons(WantedReason.newBuilder().setName("rarity").setValue(2))
                .setFrameSource(FrameSource.newBuilder()
                        .setTopic("frames.labeled")
                        .setPartition(3)
                        .setOffset(window))
                .build();
    }

    private int wanted(String... more) {
        List<String> words =
                new ArrayList<>(List.of("fleet", "wanted", "--bootstrap-servers", broker.bootstrapServers()));
        words.addAll(List.of(more));
        return RefluxCommandLine.execute(new PrintWriter(out), new PrintWriter(err), words.toArray(new String[0]));
    }

    @Test
    void givenChoicesOfWhichOneWasWrittenTwice_whenListed_thenTheNewestComeFirstAndTheLastRecordCounts() {
        int code = wanted("--since", "P1D");

        assertThat(code).as(err.toString()).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).matches("CAPTURED +CAMERA +FRAME +SCORE +WHY");
        assertThat(lines.get(1))
                .matches(
                        "2023-11-14T22:13:20Z +front cam +drive/0002, \"dusk\" +1\\.750  disagreement 0\\.125, rarity 2\\.000");
        assertThat(lines.get(2)).contains("drive/0003", "0.250");
        assertThat(lines.get(3)).contains("drive/0001", "0.625");
        assertThat(lines.get(4)).isEqualTo("3 frames of model student deserve a label.");
    }

    @Test
    void givenAModelThatWantsNone_whenListed_thenASentenceSaysSo() {
        int code = wanted("--model", "nobody");

        assertThat(code).isZero();
        assertThat(out.toString().strip()).isEqualTo("0 frames of model nobody deserve a label.");
    }

    @Test
    void givenAFile_whenExported_thenItHasAJsonObjectALine() throws Exception {
        Path file = directory.resolve("wanted.jsonl");

        int code = wanted("--export", file.toString(), "--limit", "2");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("2 frames of model student deserve a label; the list is in " + file);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1))
                .isEqualTo("{\"frame_id\":\"drive/0003\",\"camera_id\":\"front cam\",\"vehicle_id\":\"car-7\","
                        + "\"captured_at\":\"2023-11-14T22:13:20.500Z\",\"model\":\"student\",\"window\":2,\"rank\":2,"
                        + "\"score\":0.25,\"reasons\":{\"disagreement\":0.125,\"rarity\":2.0},"
                        + "\"topic\":\"frames.labeled\",\"partition\":3,\"offset\":2}");
    }

    @Test
    void givenAFileOfCsv_whenExported_thenItHasAHeadAndQuotes() throws Exception {
        Path file = directory.resolve("wanted.CSV");

        int code = wanted("--export", file.toString(), "--limit", "1", "--image-url", "s3://frames/{frame}");

        assertThat(code).as(err.toString()).isZero();
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "frame_id,camera_id,vehicle_id,captured_at,model,window,rank,score,disagreement,rarity,image",
                        "\"drive/0002, \"\"dusk\"\"\",front cam,car-7,2023-11-14T22:13:20.500Z,student,2,1,1.75,0.125,2.0,"
                                + "s3://frames/drive/0002%2C%20%22dusk%22");
    }

    @Test
    void givenTheFormatOfLabelStudio_whenExported_thenEachTaskHasItsImageAndWhatTheLabelIsToBeSentUnder()
            throws Exception {
        Path file = directory.resolve("tasks.json");

        int code = wanted(
                "--export",
                file.toString(),
                "--format",
                "label-studio",
                "--image-url",
                "https://frames/{camera}/{frame}.jpg");

        assertThat(code).as(err.toString()).isZero();
        JsonNode tasks = new ObjectMapper().readTree(file.toFile());
        assertThat(tasks).hasSize(3);
        assertThat(tasks.at("/2/data/image").asText()).isEqualTo("https://frames/front%20cam/drive/0001.jpg");
        assertThat(tasks.at("/2/data/frame_id").asText()).isEqualTo("drive/0001");
        assertThat(tasks.at("/2/data/camera_id").asText()).isEqualTo("front cam");
        assertThat(tasks.at("/2/data/captured_at").asText()).isEqualTo("2023-11-14T22:13:20.500Z");
        assertThat(tasks.at("/2/meta/score").asDouble()).isEqualTo(0.625);
        assertThat(tasks.at("/2/meta/reasons/rarity").asDouble()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--limit -1|--limit is -1; give 1 or more",
                "--format csv|--format is of a file, and none is written; name it by --export FILE",
                "--image-url s3://x/{frame}|--image-url is of a file",
                "--export x --format xml|\"xml\" is none of [jsonl, csv, label-studio]",
                "--export x --format label-studio|--image-url https://HOST/{camera}/{frame}.jpg",
                "--export x --image-url s3://all.jpg|has no {frame}",
                "--export /nowhere/at/all.csv|The list cannot be written to /nowhere/at/all.csv"
            })
    void givenAMistake_whenListed_thenOneSentenceNamesItAndTheRemedy(String words, String says) {
        int code = wanted(words.split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(says).doesNotContain("\tat ");
    }
}
