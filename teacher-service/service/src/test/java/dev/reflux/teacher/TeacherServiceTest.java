package dev.reflux.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.TensorCodec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherServiceTest {

    @TempDir
    private Path directory;

    @Test
    void givenSoundAndPoisonousFrames_whenStreamed_thenEachPoisonIsNamedAndEveryOtherPasses() throws Exception {
        try (TeacherBench bench = new TeacherBench(directory, 2)) {
            Map<String, byte[]> poison = SampleFrames.poison();
            poison.put("RECORD_TOO_LARGE as it came", SampleFrames.ofSize("p", MessageCodec.MAX_RECORD_BYTES + 1000));
            poison.put("RECORD_TOO_LARGE with tensors", SampleFrames.ofSize("p", MessageCodec.MAX_RECORD_BYTES - 50));
            int sound = 0;
            for (byte[] value : poison.values()) {
                bench.push(sound, ++sound);
                bench.push("poison", value);
            }
            try (TeacherService teacher = TeacherService.start(bench.config("t", Map.of()), TeacherListener.SILENT)) {

                List<DistillationSample> samples = bench.samples(sound);

                List<DeadLetter> letters = bench.deadLetters(poison.size());
                assertThat(TeacherBench.ids(samples))
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, sound)
                                .mapToObj(i -> "frame-" + i)
                                .toList());
                assertThat(letters.stream().map(letter -> letter.reason().name()))
                        .containsExactlyElementsOf(poison.keySet().stream()
                                .map(name -> name.split(" ")[0])
                                .toList());
                assertThat(letters).zipSatisfy(poison.values(), (letter, value) -> assertThat(letter.value())
                        .isEqualTo(value));
                assertThat(letters)
                        .allSatisfy(letter -> assertThat(letter.message()).isNotBlank());
                assertThat(letters.get(letters.size() - 1).stage()).isEqualTo("teacher.publish");
                assertThat(teacher.failure()).isEmpty();
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                    assertThat(teacher.snapshot().samples()).isEqualTo(samples.size());
                    assertThat(teacher.snapshot().deadLetters()).isEqualTo(poison.size());
                    assertThat(teacher.snapshot().inFlight()).isZero();
                });
                assertThat(teacher.snapshot().rejections()).containsEntry(Rejection.LABEL_NOT_8_BIT_GRAY, 2L);
                sampleIsWhole(samples.get(0));
                aLetterThatTheBrokerCannotTakeLosesItsBody(bench, letters.size());
                healthIsGood(teacher.healthPort());
            }
        }
    }

    @Test
    void givenAFrameWithoutItsLabelAndAgainWithIt_whenStreamed_thenEachSampleCarriesTheFrameAsItCame()
            throws Exception {
        LabeledFrame whole = SampleFrames.sound("late").build();
        LabeledFrame without = whole.toBuilder().clearLabel().build();
        try (TeacherBench bench = new TeacherBench(directory, 1)) {
            bench.push(whole.getCameraId(), without.toByteArray());
            bench.push(whole.getCameraId(), whole.toByteArray());
            try (TeacherService teacher = TeacherService.start(bench.config("t", Map.of()), TeacherListener.SILENT)) {

                List<DistillationSample> samples = bench.samples(2);

                assertThat(samples).extracting(DistillationSample::getFrame).containsExactly(without, whole);
                assertThat(samples.get(1).getLogits())
                        .as("the label has no part in it")
                        .isEqualTo(samples.get(0).getLogits());
                assertThat(teacher.snapshot().deadLetters()).isZero();
            }
        }
    }

    private static void sampleIsWhole(DistillationSample sample) throws Exception {
        assertThat(sample.getTeacherId()).isEqualTo("tiny-teacher");
        assertThat(sample.getProjectionHeadId()).isEqualTo(TeacherBench.head().id());
        assertThat(sample.getLabelSchemaId()).isEqualTo(SampleFrames.SCHEMA);
        assertThat(sample.getViewWidth()).isEqualTo(96);
        assertThat(sample.getViewHeight()).isEqualTo(64);
        assertThat(sample.getFrameSource().getTopic()).isEqualTo("frames.labeled");
        assertThat(sample.getFrameSource().getTopicId()).hasSize(22);
        assertThat(sample.getLogits().getType()).isEqualTo(TensorType.TENSOR_TYPE_INT8);
        assertThat(sample.getFrame())
                .isEqualTo(SampleFrames.sound(sample.getFrame().getFrameId())
                        .setCameraId(sample.getFrame().getCameraId())
                        .build());
        // 96x64 at stride 16 and, brought down from the network's 4, at stride 8.
        assertThat(TensorCodec.shapeOf(sample.getProjectedLogits())).hasToString("[5, 4, 6]");
        assertThat(TensorCodec.shapeOf(sample.getLogits())).hasToString("[5, 8, 12]");
    }

    /** With its headers the dead letter of a record of the topic's largest size is over that size itself. */
    private static void aLetterThatTheBrokerCannotTakeLosesItsBody(TeacherBench bench, int before) {
        bench.push("poison", SampleFrames.ofSize("p", MessageCodec.MAX_RECORD_BYTES + (1 << 20) - 150));

        DeadLetter letter = bench.deadLetters(before + 1).get(before);

        assertThat(letter.reason()).isEqualTo(Rejection.RECORD_TOO_LARGE);
        assertThat(letter.value()).isEmpty();
    }

    private static void healthIsGood(int port) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (String path : List.of("livez", "readyz", "metrics")) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/" + path);
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
            if (path.equals("metrics")) {
                assertThat(answer.body())
                        .contains("reflux_teacher_rejected_total{reason=\"EMPTY_IMAGE\"} 1.0")
                        .contains("reflux_teacher_stage_seconds_count{stage=\"teacher.inference\"}");
            }
        }
    }

    @Test
    void givenATeacherKilledInMidTransaction_whenAnotherTakesOver_thenNothingIsTwiceAndNothingIsLost()
            throws Exception {
        try (TeacherBench bench = new TeacherBench(directory, 2)) {
            int frames = 30;
            bench.push(0, frames);
            Dying dying = new Dying(5);
            // Several transactions before the one that never ends; the first two open the partitions.
            TeacherConfig config = bench.config("same", Map.of("teacher.commit.frames", "4"));
            TeacherService killed = TeacherService.start(config, TeacherListener.SILENT, dying::producer);
            await().atMost(Duration.ofSeconds(30)).until(() -> killed.failure().isPresent());
            killed.close();

            try (TeacherService next = TeacherService.start(bench.config("same", Map.of()), TeacherListener.SILENT)) {
                List<DistillationSample> samples = bench.samples(frames);
                List<String> ids = TeacherBench.ids(samples);

                assertThat(ids)
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, frames)
                                .mapToObj(i -> "frame-" + i)
                                .toList());
                assertThat(samples.stream()
                                .map(DistillationSample::getFrameSource)
                                .map(source -> source.getPartition() + ":" + source.getOffset())
                                .distinct())
                        .as("places of the frames")
                        .hasSize(frames);
                assertThat(next.snapshot().samples()).isPositive().isLessThan(frames);
            }
            // The dead one wakes up and wants to commit what it had left open.
            assertThatThrownBy(() -> dying.real().commitTransaction())
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(ProducerFencedException.class),
                            e -> assertThat(e).hasRootCauseInstanceOf(ProducerFencedException.class),
                            e -> assertThat(e).hasMessageContaining("epoch"));
            dying.real().close(Duration.ZERO);
        }
    }

    /** A producer that is cut off in the middle of its n-th transaction: sent, flushed, neither committed nor aborted. */
    private static final class Dying {

        private final int transaction;
        private final AtomicInteger commits = new AtomicInteger();
        private final AtomicReference<Producer<byte[], byte[]>> real = new AtomicReference<>();

        Dying(int transaction) {
            this.transaction = transaction;
        }

        Producer<byte[], byte[]> real() {
            return real.get();
        }

        @SuppressWarnings("unchecked")
        Producer<byte[], byte[]> producer(TeacherSettings settings) {
            real.set(KafkaClients.transactionalProducer(settings.kafka(), settings.transactionalId()));
            return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                    Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                        boolean dead = commits.get() >= transaction;
                        if (method.getName().equals("commitTransaction")
                                && (dead || commits.incrementAndGet() == transaction)) {
                            real.get().flush();
                            throw new OutOfMemoryError("killed");
                        }
                        if (dead) {
                            return null;
                        }
                        try {
                            return method.invoke(real.get(), arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Test
    void givenATeacherWithoutAFiniteOutput_whenFramesCome_thenItStopsWithASentenceAndRefusesNone() throws Exception {
        try (TeacherBench bench = new TeacherBench(directory, 2)) {
            int frames = 20;
            bench.push(0, frames);
            Path broken = directory.resolve("broken.safetensors");
            TeacherBench.overflowingHead().write(broken);
            TeacherConfig config = bench.config("t", Map.of("teacher.model.projection", broken.toString()));
            try (TeacherService teacher = TeacherService.start(config, TeacherListener.SILENT)) {

                await().atMost(Duration.ofSeconds(60))
                        .until(() -> teacher.failure().isPresent());

                assertThat(teacher.failure().orElseThrow())
                        .isInstanceOf(UsageException.class)
                        .hasMessageContaining("tiny-teacher")
                        .hasMessageContaining("not finite")
                        .hasMessageContaining("No frame was refused");
                URI livez = URI.create("http://127.0.0.1:" + teacher.healthPort() + "/livez");
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(livez).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("not finite");
            }
            try (TeacherService next = TeacherService.start(bench.config("t", Map.of()), TeacherListener.SILENT)) {
                assertThat(bench.samples(frames)).hasSize(frames);
                assertThat(next.snapshot().deadLetters()).isZero();
                assertThat(bench.committed(Topics.DEAD_LETTER, 0, Duration.ofSeconds(1), () -> true))
                        .isEmpty();
            }
        }
    }

    @Test
    void givenTwoTeachersInAGroup_whenTheSecondJoinsInMidStream_thenTheyShareTheWorkAndNothingIsTwice()
            throws Exception {
        try (TeacherBench bench = new TeacherBench(directory, 4)) {
            bench.push(0, 40);
            try (TeacherService one = TeacherService.start(bench.config("one", Map.of()), TeacherListener.SILENT)) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> one.snapshot().samples() > 0);
                try (TeacherService two = TeacherService.start(bench.config("two", Map.of()), TeacherListener.SILENT)) {
                    int pushed = 40;
                    while (two.snapshot().samples() == 0 && pushed < 4000) {
                        bench.push(pushed, pushed += 8);
                        boolean shared = two.ready();
                        assertThat(one.failure()).isEmpty();
                        assertThat(two.failure()).as("shared " + shared).isEmpty();
                    }

                    List<String> ids = TeacherBench.ids(bench.samples(pushed));

                    assertThat(ids)
                            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, pushed)
                                    .mapToObj(i -> "frame-" + i)
                                    .toList());
                    assertThat(two.snapshot().samples()).isPositive();
                    await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                                    one.snapshot().samples() + two.snapshot().samples())
                            .isEqualTo(ids.size()));
                }
            }
        }
    }

    @Test
    void givenNoBroker_whenStarted_thenOneSentenceSaysSo() {
        try (TeacherBench bench = new TeacherBench(directory, 1)) {
            TeacherConfig config = bench.config(
                    "t",
                    Map.of(
                            "teacher.kafka.bootstrap-servers",
                            "127.0.0.1:1",
                            "teacher.kafka.properties.\"max.block.ms\"",
                            "500"));

            assertThatThrownBy(() -> TeacherService.start(config, TeacherListener.SILENT))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("127.0.0.1:1")
                    .hasMessageContaining("teacher.kafka.bootstrap-servers");
        }
    }

    @Test
    void givenATeacherThatCannotGoOn_whenItFails_thenTheListenerHearsItOnceAndAwaitReturns() throws Exception {
        try (TeacherBench bench = new TeacherBench(directory, 1)) {
            bench.push(0, 3);
            List<Throwable> heard = new ArrayList<>();
            TeacherListener listener = new TeacherListener() {
                @Override
                public void failed(Throwable cause) {
                    heard.add(cause);
                }
            };
            Dying dying = new Dying(1);
            try (TeacherService teacher =
                    TeacherService.start(bench.config("t", Map.of()), listener, dying::producer)) {

                Throwable cause = teacher.await();

                assertThat(cause).hasMessage("killed");
                assertThat(heard).containsExactly(cause);
                assertThat(teacher.ready()).isFalse();
            }
            dying.real().close(Duration.ZERO);
        }
    }
}
