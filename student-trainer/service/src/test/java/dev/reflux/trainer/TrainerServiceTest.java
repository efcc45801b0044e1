package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.StaleWriterException;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.update.StepReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The trainer on a real broker and a real store. */
@Timeout(300)
class TrainerServiceTest {

    private static final int FRAMES = 60;

    @TempDir
    private Path directory;

    @Test
    void givenADrift_whenNoticed_thenTheRateRisesForAWhileAlsoOverARestartAndNothingIsForgotten() throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            // Streets that a student learns, then the same streets under other names.
            int before = 160;
            bench.push(0, before);
            for (int i = before; i < before + 60; i++) {
                bench.push(Samples.value(Samples.sound(i, 2)));
            }
            Map<String, String> more = Map.of(
                    "trainer.learning.holdout-fraction", "0",
                    "trainer.learning.learning-rate", "0.01",
                    "trainer.learning.learning-rate-warm-up", "0",
                    "trainer.drift.boost", "2");
            List<Long> drifts = new ArrayList<>();
            List<StepReport> steps = new ArrayList<>();
            CountDownLatch drifted = new CountDownLatch(1);
            TrainerListener first = new TrainerListener() {
                @Override
                public void drifted(long framesTrained) {
                    drifts.add(framesTrained);
                    drifted.countDown();
                }

                @Override
                public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
                    steps.add(report);
                }
            };
            try (TrainerService trainer = TrainerService.start(bench.config("checkpoints", more), first)) {
                assertThat(drifted.await(60, TimeUnit.SECONDS)).isTrue();
            }
            long stepsOfTheFirst = steps.get(steps.size() - 1).step();

            try (TrainerService next = TrainerService.start(bench.config("checkpoints", more), first)) {
                next.finishAfter(before + 60);
            }

            assertThat(drifts.get(0)).isBetween((long) before, before + 40L);
            List<StepReport> again =
                    steps.stream().filter(s -> s.step() > stepsOfTheFirst).toList();
            assertThat(again.get(0).learningRate())
                    .as("boosted after the restart")
                    .isEqualTo(0.02);
            assertThat(steps.get(3).learningRate()).isEqualTo(0.01);
            TrainerState state = new CheckpointStore(directory.resolve("checkpoints"))
                    .newest()
                    .orElseThrow()
                    .state();
            assertThat(state.replay()).hasSize(before + 60);
        }
    }

    @Test
    void givenMoreSamplesThanATrainerCanTake_whenItStandsStill_thenWhatWaitsIsBoundedAndNothingIsLost()
            throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, FRAMES);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger most = new AtomicInteger();
            List<TrainerService> service = new ArrayList<>();
            TrainerListener standing = new TrainerListener() {
                @Override
                public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    service.forEach(one -> most.accumulateAndGet(one.inFlight(), Math::max));
                }
            };
            try (TrainerService trainer =
                    TrainerService.start(bench.config("checkpoints", Map.of("trainer.kafka.queue", "8")), standing)) {
                service.add(trainer);
                await().atMost(Duration.ofSeconds(30)).until(() -> trainer.inFlight() >= 8);
                // Several turns of the poll loop, which would each bring more if it were not for the pause.
                await().during(Duration.ofMillis(500))
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> trainer.inFlight() <= 8 + SampleFeed.MAX_POLL_RECORDS);
                TrainerState.Counts counted = trainer.counts();
                assertThat(trainer.lag()).isEqualTo(FRAMES - counted.trained() - counted.heldOut());
                goOn.countDown();

                trainer.finishAfter(FRAMES);

                assertThat(most.get()).isLessThanOrEqualTo(8 + SampleFeed.MAX_POLL_RECORDS);
                assertThat(trainer.counts().trained() + trainer.counts().heldOut())
                        .isEqualTo(FRAMES);
                assertThat(trainer.failure()).isEmpty();
            }
        }
    }

    @Test
    void givenALongStretchThatTeachesNothing_whenItIsLongerThanTheQueue_thenTheStreamDoesNotStandStill() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 1);
            for (int i = 0; i < 40; i++) {
                bench.push(Samples.value(Samples.sound(0)));
            }
            bench.push(1, 3);
            // A new frame, forty times the first again, two new ones: a window of four new frames never fills.
            Map<String, String> more = Map.of("trainer.kafka.queue", "8", "trainer.learning.holdout-fraction", "0");
            try (TrainerService trainer =
                    TrainerService.start(bench.config("checkpoints", more), new TrainerListener() {})) {

                trainer.finishAfter(43);

                assertThat(trainer.counts()).isEqualTo(new TrainerState.Counts(3, 0, 40, 0));
            }
        }
    }

    @Test
    void givenATeacherWhoseViewAndGridsAreSetAnewInMidStream_whenTrained_thenNothingStops() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 10);
            for (int i = 10; i < 20; i++) {
                bench.push(Samples.value(Samples.sound(i)
                        .setViewWidth(64)
                        .setViewHeight(40)
                        .setLogits(Samples.tensor(Samples.label(i, 0), 5, 8))
                        .setProjectedLogits(Samples.tensor(Samples.label(i, 0), 3, 4))));
            }
            Map<String, String> more = Map.of("trainer.learning.holdout-fraction", "0");
            try (TrainerService trainer =
                    TrainerService.start(bench.config("checkpoints", more), new TrainerListener() {})) {

                trainer.finishAfter(20);

                assertThat(trainer.failure()).isEmpty();
                assertThat(trainer.counts()).isEqualTo(new TrainerState.Counts(20, 0, 0, 0));
            }
        }
    }

    @Test
    void givenAStudentOfAnotherSizeThanItsTeacher_whenTrained_thenEveryVersionSaysBothSizes() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, FRAMES);
            Map<String, String> more = Map.of("trainer.student.view.width", "40", "trainer.student.view.height", "24");
            try (TrainerService trainer =
                    TrainerService.start(bench.config("checkpoints", more), new TrainerListener() {})) {

                trainer.finishAfter(FRAMES);

                assertThat(trainer.failure()).isEmpty();
            }
            assertThat(bench.versions()).isNotEmpty().allSatisfy(version -> {
                assertThat(version.lineage().teacherView()).isEqualTo("48x32");
                assertThat(version.config()).containsEntry("view", "40x24");
                assertThat(bench.card(version).input().size()).isEqualTo(new ImageSize(40, 24));
            });
        }
    }

    @Test
    void givenASecondTrainerOfTheSameLine_whenTheFirstWantsToPublish_thenItIsFencedAndStopsWithTheReason() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            try (TrainerService stale = TrainerService.start(bench.config("one", Map.of()), new TrainerListener() {});
                    TrainerService current =
                            TrainerService.start(bench.config("two", Map.of()), new TrainerListener() {})) {
                bench.push(0, FRAMES);

                stale.awaitEnd();
                current.finishAfter(FRAMES);

                assertThat(stale.failure()).get().isInstanceOf(StaleWriterException.class);
                assertThat(current.failure()).isEmpty();
                assertThat(bench.versions())
                        .hasSizeGreaterThanOrEqualTo(2)
                        .extracting(StudentVersion::epoch)
                        .containsOnly(2L);
            }
        }
    }

    @Test
    void givenARunningTrainer_whenAsked_thenItSaysHowItIsAndWhatItMeasures() throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            TroubledStream stream = new TroubledStream();
            IntStream.range(0, 45).forEach(i -> bench.push(stream.records.get(i)));
            try (TrainerService trainer =
                    TrainerService.start(bench.config("checkpoints", Map.of()), new TrainerListener() {})) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> trainer.counts().trained() >= 12);

                assertThat(get(trainer, "livez").statusCode()).isEqualTo(200);
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> get(trainer, "readyz").statusCode() == 200);
                assertThat(get(trainer, "metrics").body())
                        .contains("reflux_trainer_frames_total{outcome=\"trained\"}")
                        .contains("reflux_trainer_rejected_total{reason=\"WRONG_TEACHER\"}")
                        .contains("reflux_trainer_loss{term=\"ce\"}")
                        .contains("reflux_trainer_queue")
                        .contains("reflux_trainer_lag");
            }
        }
    }

    private static HttpResponse<String> get(TrainerService trainer, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + trainer.healthPort() + "/" + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void givenACheckpointOfAnotherModelLine_whenStarted_thenOneSentenceSaysSo() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            TrainerService.start(bench.config("checkpoints", Map.of()), new TrainerListener() {})
                    .close();
            TrainerConfig other = bench.config("checkpoints", Map.of("trainer.student.name", "other"));

            assertThatThrownBy(() -> TrainerService.start(other, new TrainerListener() {}))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("student")
                    .hasMessageContaining("other")
                    .hasMessageContaining("another folder");
        }
    }

    @Test
    void givenNoBroker_whenStarted_thenTheReasonIsToldAndTheTrainerEnds() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            TrainerConfig config = bench.config(
                    "checkpoints",
                    Map.of(
                            "trainer.kafka.bootstrap-servers",
                            "127.0.0.1:1",
                            "trainer.kafka.properties.\"request.timeout.ms\"",
                            "500",
                            "trainer.kafka.properties.\"default.api.timeout.ms\"",
                            "500"));

            assertThatThrownBy(() -> TrainerService.start(config, new TrainerListener() {}))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("127.0.0.1:1")
                    .hasMessageContaining("trainer.kafka.bootstrap-servers");
        }
    }
}
