package dev.reflux.fleet.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.codec.RepeatableFrames;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.datasets.SparseLabels;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramePusherTest {

    private static final int FRAMES = 20;
    private static final int LARGE = 9;
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
    void givenLabelsThatComeLater_whenAKilledPushGoesOn_thenEveryFrameAndEveryLabelArrivesOnceInOrder(
            @TempDir Path directory) throws Exception {
        SparseLabels messages = new SparseLabels(FleetPlan.once(dataset, "train"), 2, Duration.ofSeconds(1));
        PushSettings nowhere = PushSettings.to(KafkaSettings.of("127.0.0.1:1"))
                .withSpool(directory.resolve("spool"), 1L << 30)
                .withDeliveryTimeout(Duration.ofMillis(200));
        try (FramePusher first = FramePusher.open(nowhere)) {
            first.push(messages, 0, now -> {
                if (now.spooled() >= 6) {
                    first.stop();
                }
            });
        }
        try (EmbeddedKafka broker = broker(directory.resolve("kafka"))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
            PushProgress end;
            try (FramePusher second =
                    FramePusher.open(PushSettings.to(kafka).withSpool(directory.resolve("spool"), 1L << 30))) {

                end = second.push(messages, second.resumeAt(messages), PushListener.SILENT);
            }

            assertThat(end.position()).isEqualTo(messages.count()).isGreaterThan(FRAMES);
            assertThat(framesIn(broker, (int) messages.count()))
                    .containsExactlyElementsOf(messages.messages().toList());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givenAFrameAboveTheTopicsLimit_whenPushed_thenItIsSetAsideAndAllOthersArriveInOrder(
            boolean fromTheSpool, @TempDir Path directory) throws Exception {
        RepeatableFrames frames = withALargeOne();
        Path spool = directory.resolve("spool");
        if (fromTheSpool) {
            spoolAll(frames, spool);
        }
        try (EmbeddedKafka broker = broker(directory.resolve("kafka"))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            topicsOfAMebibyte(kafka);
            PushSettings settings = PushSettings.to(kafka).withSpool(spool, 1L << 30);
            PushProgress end;
            long next;
            try (FramePusher pusher = FramePusher.open(settings)) {

                end = pusher.push(frames, pusher.resumeAt(frames), PushListener.SILENT);

                next = pusher.resumeAt(frames);
            }

            assertThat(end.refused()).isEqualTo(1);
            assertThat(end.acknowledged()).isEqualTo(FRAMES - 1);
            assertThat(next).as("where a restart goes on").isEqualTo(FRAMES);
            List<String> others = new ArrayList<>(ids(frames));
            String large = others.remove(LARGE);
            assertThat(idsIn(broker, FRAMES - 1).stream().distinct()).containsExactlyElementsOf(others);
            assertThat(idsOfFiles(spool.resolve("set-aside"))).containsExactly(large);
            assertThat(idsOfFiles(spool)).isEmpty();
        }
    }

    @Test
    void givenASpoolWithFramesSetAside_whenItIsFullOfThem_thenFurtherOnesAreCountedOnly(@TempDir Path directory) {
        FrameSpool.open(directory, 100).setAside(new byte[60]);

        FrameSpool again = FrameSpool.open(directory, 100);

        assertThat(again.setAside(new byte[60])).isEmpty();
        assertThat(again.setAside(new byte[40])).get().satisfies(file -> assertThat(file)
                .hasFileName("000000000001.frame"));
    }

    private static void spoolAll(RepeatableFrames frames, Path spool) {
        PushSettings nowhere = PushSettings.to(KafkaSettings.of("127.0.0.1:1"))
                .withSpool(spool, 1L << 30)
                .withDeliveryTimeout(Duration.ofMillis(200));
        try (FramePusher pusher = FramePusher.open(nowhere)) {
            pusher.push(frames, 0, now -> {
                if (now.spooled() == FRAMES) {
                    pusher.stop();
                }
            });
        }
    }

    private static void topicsOfAMebibyte(KafkaSettings kafka) throws Exception {
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        try (Admin admin = KafkaClients.admin(kafka)) {
            var limit = new ConfigEntry("max.message.bytes", String.valueOf(1 << 20));
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, Topics.FRAMES_LABELED),
                            List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private RepeatableFrames withALargeOne() {
        FleetPlan plan = FleetPlan.once(dataset, "train");
        String large = ids(plan).get(LARGE);
        return new RepeatableFrames() {
            @Override
            public String name() {
                return plan.name();
            }

            @Override
            public Stream<LabeledFrame> messages() {
                return plan.messages()
                        .map(frame -> frame.getFrameId().equals(large)
                                ? frame.toBuilder()
                                        .setVehicleId("v".repeat(3 << 19))
                                        .build()
                                : frame);
            }
        };
    }

    private static List<String> idsOfFiles(Path folder) throws Exception {
        List<String> ids = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".frame")).toList()) {
                ids.add(frameOf(Files.readAllBytes(file)).getFrameId());
            }
        }
        return ids;
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

    private static List<String> ids(RepeatableFrames frames) {
        return frames.messages().map(LabeledFrame::getFrameId).toList();
    }

    private static List<String> idsIn(EmbeddedKafka broker, int atLeast) {
        return framesIn(broker, atLeast).stream().map(LabeledFrame::getFrameId).toList();
    }

    private static List<LabeledFrame> framesIn(EmbeddedKafka broker, int atLeast) {
        List<LabeledFrame> frames = new ArrayList<>();
        try (var consumer = KafkaClients.consumer(
                KafkaSettings.of(broker.bootstrapServers()), "t", Map.of("group.protocol", "classic"))) {
            consumer.assign(List.of(new TopicPartition(Topics.FRAMES_LABELED, 0)));
            Awaitility.await().atMost(Duration.ofSeconds(30)).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> frames.add(frameOf(record.value())));
                return frames.size() >= atLeast;
            });
        }
        return frames;
    }

    private static LabeledFrame frameOf(byte[] value) {
        try {
            return MessageCodec.frame(value);
        } catch (RejectedFrameException e) {
            throw new AssertionError(e);
        }
    }
}
