package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.update.StepReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a trainer asks labels for, on a real broker and a real store. */
@Timeout(300)
class WantedLabelsTest {

    private static final int FRAMES = 70;
    private static final int WINDOW = 8;
    private static final int LABELS = 2;

    private static final Map<String, String> SETTINGS = Map.of(
            "trainer.wanted.every-frames", String.valueOf(WINDOW),
            "trainer.wanted.labels", String.valueOf(LABELS),
            "trainer.learning.holdout-fraction", "0");

    @TempDir
    private Path directory;

    /** Few frames have a label, and of some it comes later. */
    private static List<byte[]> stream() {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            records.add(Samples.value(isLabeled(i) ? Samples.sound(i) : Samples.with(i, frame -> frame.clearLabel())));
            if (i >= 5 && i % 6 == 0 && !isLabeled(i - 5)) {
                records.add(Samples.value(Samples.sound(i - 5)));
            }
        }
        return records;
    }

    private static boolean isLabeled(int i) {
        return i % 7 == 0;
    }

    private static int windows() {
        int unlabeled = 0;
        for (int i = 0; i < FRAMES; i++) {
            unlabeled += isLabeled(i) ? 0 : 1;
        }
        return unlabeled / WINDOW;
    }

    /** Ends the training thread after a step or at a checkpoint, as a kill would: nothing is written after it. */
    private record Killed(LongPredicate step, LongPredicate checkpointOfFrames) implements TrainerListener {

        @Override
        public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
            kill(step.test(report.step()));
        }

        @Override
        public void checkpointed(TrainerState state) {
            kill(checkpointOfFrames.test(state.counts().trained()));
        }

        private static void kill(boolean now) {
            if (now) {
                throw new IllegalStateException("killed");
            }
        }
    }

    private static void killedAtStep(TrainerBench bench, long step) {
        runUntilKilled(bench, new Killed(at -> at == step, frames -> false));
    }

    private static void killedAtCheckpoint(TrainerBench bench, long frames) {
        runUntilKilled(bench, new Killed(at -> false, trained -> trained >= frames));
    }

    private static void runUntilKilled(TrainerBench bench, Killed listener) {
        try (TrainerService trainer = TrainerService.start(bench.config("checkpoints", SETTINGS), listener)) {
            trainer.awaitEnd();
            assertThat(trainer.failure()).get().hasToString("java.lang.IllegalStateException: killed");
        }
    }

    private static void stopped(TrainerBench bench) {
        CountDownLatch stepped = new CountDownLatch(1);
        TrainerListener listener = new TrainerListener() {
            @Override
            public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
                stepped.countDown();
            }
        };
        try (TrainerService trainer = TrainerService.start(bench.config("checkpoints", SETTINGS), listener)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> stepped.getCount() == 0);
        }
    }

    private static void runToTheEnd(TrainerBench bench, int samples, Map<String, String> settings) {
        try (TrainerService trainer =
                TrainerService.start(bench.config("checkpoints", settings), new TrainerListener() {})) {
            trainer.finishAfter(samples);
            assertThat(trainer.failure()).isEmpty();
        }
    }

    /** The last record of each window and rank. */
    private static Map<String, WantedLabel> list(TrainerBench bench) {
        Map<String, WantedLabel> list = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : bench.all(Topics.LABELS_WANTED)) {
            WantedLabel wanted = wanted(record.value());
            assertThat(record.key()).asString().isEqualTo(wanted.getModelName()).isEqualTo("student");
            list.put(wanted.getWindow() + "/" + wanted.getRank(), wanted);
        }
        return list;
    }

    private static WantedLabel wanted(byte[] value) {
        try {
            return MessageCodec.wanted(value);
        } catch (RejectedFrameException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givenATrainerThatDiesAgainAndAgain_whenStartedAgainEachTime_thenTheListIsTheSame() throws Exception {
        List<byte[]> stream = stream();
        Map<String, WantedLabel> expected;
        Files.createDirectories(directory.resolve("calm"));
        Files.createDirectories(directory.resolve("wild"));
        try (TrainerBench calm = new TrainerBench(directory.resolve("calm"))) {
            stream.forEach(calm::push);
            runToTheEnd(calm, stream.size(), SETTINGS);
            expected = list(calm);
        }
        try (TrainerBench wild = new TrainerBench(directory.resolve("wild"))) {
            stream.forEach(wild::push);
            killedAtStep(wild, 3);
            killedAtCheckpoint(wild, 16);
            killedAtStep(wild, 7);
            stopped(wild);
            killedAtStep(wild, 12);
            killedAtCheckpoint(wild, 48);

            runToTheEnd(wild, stream.size(), SETTINGS);

            assertThat(list(wild)).isEqualTo(expected);
            assertThat(wild.all(Topics.LABELS_WANTED))
                    .as("some are written twice")
                    .hasSizeGreaterThan(expected.size());
        }
        assertThat(expected).hasSize(LABELS * windows());
        assertThat(expected.values()).allSatisfy(wanted -> {
            int frame = Integer.parseInt(wanted.getFrameId().substring("frame-".length()));
            assertThat(isLabeled(frame)).isFalse();
            assertThat(wanted.getCameraId()).isEqualTo("camera");
            assertThat(wanted.getVehicleId()).isEqualTo("vehicle");
            assertThat(wanted.getCapturedAtMicros()).isEqualTo(Samples.capturedAt(frame));
            assertThat(wanted.getScore()).isPositive();
        });
        assertThat(expected.values()).extracting(WantedLabel::getFrameId).doesNotHaveDuplicates();
    }

    @Test
    void givenATrainerThatIsToAskForNothing_whenFramesComeWithoutLabels_thenTheTopicStaysEmptyAndNumbersGoOnLater() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            List<byte[]> stream = stream();
            stream.forEach(bench::push);
            runToTheEnd(bench, 30, SETTINGS);
            Map<String, WantedLabel> before = list(bench);

            runToTheEnd(bench, 60, Map.of("trainer.wanted.enabled", "false", "trainer.learning.holdout-fraction", "0"));

            assertThat(before).isNotEmpty();
            assertThat(list(bench)).isEqualTo(before);
            runToTheEnd(bench, stream.size(), SETTINGS);
            assertThat(list(bench)).containsAllEntriesOf(before).hasSizeGreaterThan(before.size());
        }
    }
}
