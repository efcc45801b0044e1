package dev.reflux.fleet.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FramePusherTest {

    private static final int FRAMES = 20;
    private final Dataset dataset = DatasetCatalog.open("synthetic:7," + FRAMES);

    @Test
    void givenBrokersThatGoAwayAndComeBack_whenPushing_thenEveryFrameArrivesInOrder(@TempDir Path directory)
            throws Exception {
        EmbeddedKafka broker = broker(directory.resolve("kafka"));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        PushSettings settings = PushSettings.to(kafka)
                .withSpool(directory.resolve("spool"), 1L << 30)
                .withDeliveryTimeout(Duration.ofMillis(700));
        List<EmbeddedKafka> again = new ArrayList<>();
        List<Long> spooled = new ArrayList<>();
        PushProgress end;
        try (FramePusher pusher = FramePusher.open(settings)) {
            pusher.push(FleetPlan.once(dataset, "train").first(8), 0, PushListener.SILENT);
            broker.close();

            end = pusher.push(FleetPlan.once(dataset, "train"), 8, now -> {
                spooled.add(now.spooled());
                if (now.spooled() >= FRAMES - 8 && again.isEmpty()) {
                    again.add(EmbeddedKafka.start(directory.resolve("kafka"), broker.port()));
                }
            });
        }

        try (EmbeddedKafka restarted = again.get(0)) {
            assertThat(spooled).contains(FRAMES - 8L);
            assertThat(end.spooled()).isZero();
            assertThat(end.position()).isEqualTo(FRAMES);
            assertThat(idsIn(restarted, FRAMES).stream().distinct())
                    .containsExactlyElementsOf(ids(FleetPlan.once(dataset, "train")));
            try (Stream<Path> left = Files.list(directory.resolve("spool"))) {
                assertThat(left.map(file -> file.getFileName().toString())).containsExactly("position");
            }
        }
    }

    @Test
    void givenASpoolLeftBehindByAKill_whenANewPusherGoesOn_thenItBeginsWhereTheOldOneWas(@TempDir Path directory)
            throws Exception {
        FleetPlan plan = FleetPlan.once(dataset, "train");
        PushSettings nowhere = PushSettings.to(KafkaSettings.of("127.0.0.1:1"))
                .withSpool(directory.resolve("spool"), 1L << 30)
                .withDeliveryTimeout(Duration.ofMillis(200));
        try (FramePusher first = FramePusher.open(nowhere)) {
            first.push(plan, 0, now -> {
                if (now.spooled() >= 6) {
                    first.stop();
                }
            });
        }
        try (EmbeddedKafka broker = broker(directory.resolve("kafka"))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
            try (FramePusher second =
                    FramePusher.open(PushSettings.to(kafka).withSpool(directory.resolve("spool"), 1L << 30))) {
                long from = second.resumeAt(plan);
                second.push(plan, from, PushListener.SILENT);
                assertThat(from).isBetween(6L, FRAMES - 1L);
            }

            assertThat(idsIn(broker, FRAMES)).containsExactlyElementsOf(ids(plan));
        }
    }

    @Test
    void givenSeveralCamerasAndLaps_whenPlanned_thenIdsAreUniqueAndTimeGoesOn() {
        FleetPlan plan = new FleetPlan(dataset, "train", 3, 2, 0);

        List<LabeledFrame> messages = plan.messages().toList();

        assertThat(messages).hasSize((int) plan.count()).hasSize(FRAMES * 3 * 2);
        assertThat(new HashSet<>(messages.stream().map(LabeledFrame::getFrameId).toList()))
                .hasSize(messages.size());
        assertThat(messages.stream()
                        .filter(frame -> frame.getCameraId().equals("camera-2"))
                        .map(LabeledFrame::getCapturedAtMicros))
                .isSorted();
    }

    @Test
    void givenALoopWithoutEnd_whenLimited_thenItIsReadLazily() {
        FleetPlan plan = new FleetPlan(dataset, "train", 0, 0, FRAMES + 2);

        List<LabeledFrame> messages = plan.messages().toList();

        assertThat(messages).hasSize(FRAMES + 2);
        assertThat(messages.get(FRAMES).getFrameId()).isEqualTo(messages.get(0).getFrameId() + "#2");
    }

    private static EmbeddedKafka broker(Path directory) {
        return EmbeddedKafka.start(directory);
    }

    private static List<String> ids(FleetPlan plan) {
        return plan.messages().map(LabeledFrame::getFrameId).toList();
    }

    private static List<String> idsIn(EmbeddedKafka broker, int atLeast) {
        List<String> ids = new ArrayList<>();
        try (var consumer = KafkaClients.consumer(
                KafkaSettings.of(broker.bootstrapServers()), "t", Map.of("group.protocol", "classic"))) {
            consumer.assign(List.of(new TopicPartition(Topics.FRAMES_LABELED, 0)));
            Awaitility.await().atMost(Duration.ofSeconds(30)).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> ids.add(idOf(record.value())));
                return ids.size() >= atLeast;
            });
        }
        return ids;
    }

    private static String idOf(byte[] value) {
        try {
            return MessageCodec.frame(value).getFrameId();
        } catch (RejectedFrameException e) {
            throw new AssertionError(e);
        }
    }
}
