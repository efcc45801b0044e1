package dev.reflux.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.StaleWriterException;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.StepReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trainer on a real broker and a real store. */
@Timeout(300)
class TrainerServiceTest {

    private static final int FRAMES = 60;

    @TempDir
    private Path directory;

    /** Frames of which some come twice and some are spoilt; what is expected of each. */
    private static final class Stream {

        private static final int LABELS_LATER = 9;

        private final List<byte[]> records = new ArrayList<>();
        private final Set<Long> trained = new TreeSet<>();
        private final Set<Long> heldOut = new TreeSet<>();
        private final Set<Long> labels = new TreeSet<>();
        /** What replay and holdout keep: a late label in the place of its frame. */
        private final Set<Long> replayed = new TreeSet<>();

        private final Set<Long> scored = new TreeSet<>();
        private final List<Long> duplicates = new ArrayList<>();
        private final List<String> refused = new ArrayList<>();

        Stream() {
            HoldoutRule rule = new HoldoutRule(0.2);
            for (int i = 0; i < FRAMES; i++) {
                boolean held = rule.holdsOut("camera", Samples.capturedAt(i));
                (held ? heldOut : trained).add((long) records.size());
                (held ? scored : replayed).add((long) records.size());
                if (hasALateLabel(i)) {
                    add(Samples.with(i, frame -> frame.clearLabel()));
                } else {
                    add(Samples.sound(i));
                }
                if (i >= LABELS_LATER && hasALateLabel(i - LABELS_LATER)) {
                    lateLabel(i - LABELS_LATER, rule.holdsOut("camera", Samples.capturedAt(i - LABELS_LATER)));
                }
                if (i % 13 == 5) {
                    duplicates.add((long) records.size());
                    add(hasALateLabel(i - 3) ? Samples.with(i - 3, frame -> frame.clearLabel()) : Samples.sound(i - 3));
                }
                if (i % 17 == 4) {
                    refused.add("WRONG_TEACHER");
                    add(Samples.sound(1000 + i).setTeacherId("another"));
                }
                if (i % 29 == 9) {
                    refused.add("MALFORMED_MESSAGE");
                    records.add(new byte[] {1, 2, 3});
                }
            }
            assertThat(heldOut).as("the rule holds some of these frames out").hasSizeBetween(5, FRAMES / 2);
        }

        private static boolean hasALateLabel(int i) {
            return i % 5 == 1;
        }

        /** The label comes, and some come twice. */
        private void lateLabel(int of, boolean held) {
            for (int place = 0; place < records.size(); place++) {
                if (frameId(place).equals("frame-" + of)) {
                    (held ? scored : replayed).remove((long) place);
                }
            }
            (held ? scored : replayed).add((long) records.size());
            labels.add((long) records.size());
            add(Samples.sound(of));
            if (of % 3 == 0) {
                duplicates.add((long) records.size());
                add(Samples.sound(of));
            }
        }

        private String frameId(int place) {
            return MessageCodec.frameIdInSample(records.get(place));
        }

        /** As if the frames' topic had a frame at each even offset only. */
        private void add(DistillationSample.Builder sample) {
            sample.getFrameSourceBuilder()
                    .setTopic(Topics.FRAMES_LABELED)
                    .setTopicId("id")
                    .setPartition(3)
                    .setOffset(2L * records.size());
            records.add(Samples.value(sample));
        }

        TrainerState.Counts counts() {
            return new TrainerState.Counts(
                    trained.size(), heldOut.size(), duplicates.size(), refused.size(), labels.size());
        }
    }

    /** Ends the training thread at a moment, as a kill would: nothing is written after it. */
    private static final class Killed implements TrainerListener {

        private final int atStep;
        private final Predicate<TrainerState> atCheckpoint;
        private final boolean atPublication;

        private Killed(int atStep, Predicate<TrainerState> atCheckpoint, boolean atPublication) {
            this.atStep = atStep;
            this.atCheckpoint = atCheckpoint;
            this.atPublication = atPublication;
        }

        @Override
        public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
            if (report.step() == atStep) {
                throw new IllegalStateException("killed");
            }
        }

        @Override
        public void checkpointed(TrainerState state) {
            if (atCheckpoint.test(state)) {
                throw new IllegalStateException("killed");
            }
        }

        @Override
        public void published(PublishedStudent student) {
            if (atPublication) {
                throw new IllegalStateException("killed");
            }
        }
    }

    /** Settings of a test besides the bench's. */
    private Map<String, String> own = Map.of();

    private void runUntilKilled(TrainerBench bench, Killed listener) {
        try (TrainerService trainer = TrainerService.start(bench.config("checkpoints", own), listener)) {
            trainer.awaitEnd();
            assertThat(trainer.failure()).get().hasToString("java.lang.IllegalStateException: killed");
        }
    }

    private TrainerState.Counts runToTheEnd(TrainerBench bench, Stream stream) {
        try (TrainerService trainer =
                TrainerService.start(bench.config("checkpoints", own), new TrainerListener() {})) {
            trainer.finishAfter(stream.records.size());
            assertThat(trainer.failure()).isEmpty();
            return trainer.counts();
        }
    }

    private static List<String> weights(List<StudentVersion> versions) {
        return versions.stream()
                .map(version -> version.blob(Artifact.WEIGHTS).sha256())
                .toList();
    }

    /**
     * Four deaths: in a step; with a version owed and not begun; with a version committed and not ticked off; and a
     * clean stop in mid-window. What is published must be what a run without any of them publishes, bit by bit.
     */
    @ParameterizedTest
    @ValueSource(strings = {"0", "0.5"})
    void givenATrainerThatDiesAtEveryBadMoment_whenStartedAgainEachTime_thenAllIsAsIfItHadNeverDied(String consistency)
            throws Exception {
        own = Map.of("trainer.learning.consistency", consistency);
        Stream stream = new Stream();
        List<StudentVersion> expected;
        Files.createDirectories(directory.resolve("calm"));
        Files.createDirectories(directory.resolve("wild"));
        try (TrainerBench calm = new TrainerBench(directory.resolve("calm"))) {
            stream.records.forEach(calm::push);
            assertThat(runToTheEnd(calm, stream)).isEqualTo(stream.counts());
            expected = calm.versions();
        }
        try (TrainerBench wild = new TrainerBench(directory.resolve("wild"))) {
            stream.records.forEach(wild::push);

            runUntilKilled(wild, new Killed(3, state -> false, false));
            runUntilKilled(wild, new Killed(-1, TrainerState::publishIntent, false));
            assertThat(wild.versions()).as("owed, not begun").isEmpty();
            runUntilKilled(wild, new Killed(7, state -> false, false));
            assertThat(wild.versions()).as("paid at the start").hasSize(1);
            runUntilKilled(wild, new Killed(-1, state -> false, true));
            assertThat(wild.versions()).as("committed, not ticked off").hasSize(2);
            stopInMidStream(wild);
            TrainerState.Counts counts = runToTheEnd(wild, stream);

            assertThat(counts).isEqualTo(stream.counts());
            List<StudentVersion> versions = wild.versions();
            assertThat(versions)
                    .extracting(StudentVersion::version)
                    .containsExactlyElementsOf(
                            expected.stream().map(StudentVersion::version).toList());
            assertThat(versions)
                    .extracting(version -> version.lineage().framesTrained())
                    .isEqualTo(expected.stream()
                            .map(version -> version.lineage().framesTrained())
                            .toList());
            assertThat(weights(versions)).isEqualTo(weights(expected)).doesNotHaveDuplicates();
            everyVersionIsDueAndDescendsFromTheOneBefore(versions, stream);
            everyRecordHasHadOneEffect(stream);
            everyRecordHasOneFate(wild.fates(), stream);
            assertThat(fates(versions)).as("fates, bit by bit").isEqualTo(fates(expected));
            everyRefusalIsADeadLetter(wild.deadLetters(), stream);
            assertThat(wild.committed("reflux-trainer")).isEqualTo(stream.records.size());
            Set<Long> announced = wild.all(Topics.STUDENTS_PUBLISHED).stream()
                    .map(record -> versionIn(record.value()))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(announced)
                    .containsExactlyElementsOf(
                            versions.stream().map(StudentVersion::version).toList());
        }
    }

    private static long versionIn(byte[] announcement) {
        try {
            return MessageCodec.published(announcement).getVersion();
        } catch (dev.reflux.common.failure.RejectedFrameException e) {
            throw new AssertionError(e);
        }
    }

    private void stopInMidStream(TrainerBench bench) {
        CountDownLatch stepped = new CountDownLatch(1);
        TrainerListener listener = new TrainerListener() {
            @Override
            public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
                stepped.countDown();
            }
        };
        try (TrainerService trainer = TrainerService.start(bench.config("checkpoints", own), listener)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> stepped.getCount() == 0);
        }
    }

    private static void everyVersionIsDueAndDescendsFromTheOneBefore(List<StudentVersion> versions, Stream stream) {
        long before = 0;
        for (int i = 0; i < versions.size(); i++) {
            assertThat(versions.get(i).version()).isEqualTo(i + 1);
            assertThat(versions.get(i).lineage().parentVersion()).isEqualTo(i);
            long trained = versions.get(i).lineage().framesTrained();
            if (i < versions.size() - 1) {
                // Due after 16 frames, made when the window of up to four that reaches them has had its effect.
                assertThat(trained - before).isBetween(16L, 19L);
            }
            before = trained;
        }
        assertThat(before).isEqualTo(stream.counts().trained());
        assertThat(versions.get(versions.size() - 1).lineage().nextOffsets())
                .containsEntry(Topics.DISTILLATION_SAMPLES + "-0", (long) stream.records.size());
    }

    /** The buffers hold all that was ever trained on or held out here: each is larger than the stream. */
    private void everyRecordHasHadOneEffect(Stream stream) {
        TrainerState state = new CheckpointStore(directory.resolve("wild/checkpoints"))
                .newest()
                .orElseThrow()
                .state();
        assertThat(offsets(state.replay())).isEqualTo(stream.replayed);
        assertThat(state.replay()).doesNotHaveDuplicates();
        assertThat(offsets(state.holdout())).isEqualTo(stream.scored);
        assertThat(state.publishIntent()).isFalse();
    }

    private static List<String> fates(List<StudentVersion> versions) {
        return versions.stream()
                .map(version -> requireNonNull(version.lineage().fates()).sha256())
                .toList();
    }

    /** The files of the versions join without a gap, and name each record once. */
    private static void everyRecordHasOneFate(List<JsonNode> files, Stream stream) {
        Map<String, Set<Long>> found = new TreeMap<>();
        long next = 0;
        for (JsonNode file : files) {
            JsonNode partition = file.path("partitions").path(0);
            assertThat(partition.path("from").asLong()).isEqualTo(next);
            for (JsonNode run : partition.path("runs")) {
                long first = run.path("first").asLong();
                assertThat(first).isEqualTo(next);
                next = run.path("last").asLong() + 1;
                assertThat(run.path("samples").asLong()).isEqualTo(next - first);
                String name = run.path("fate").asText();
                LongStream.range(first, next).forEach(offset -> found.computeIfAbsent(name, fate -> new TreeSet<>())
                        .add(offset));
                assertThat(run.path("reason").asText().isEmpty()).isEqualTo(!name.equals("dead-lettered"));
                assertThat(run.path("of").isMissingNode())
                        .isEqualTo(!name.equals("duplicate") && !name.equals("labeled"));
                if (!run.path("reason").asText().equals("MALFORMED_MESSAGE")) {
                    assertThat(run.path("frames").path("first").asLong()).isEqualTo(2 * first);
                    assertThat(run.path("frames").path("partition").asInt()).isEqualTo(3);
                }
            }
            assertThat(partition.path("to").asLong()).isEqualTo(next);
            assertThat(file.path("frameTopics").toString()).isEqualTo("[{\"topic\":\"frames.labeled\",\"id\":\"id\"}]");
        }
        assertThat(next).isEqualTo(stream.records.size());
        assertThat(found.get("trained")).isEqualTo(stream.trained);
        assertThat(found.get("held-out")).isEqualTo(stream.heldOut);
        assertThat(found.get("duplicate")).containsExactlyElementsOf(stream.duplicates);
        assertThat(found.get("dead-lettered")).hasSize(stream.refused.size());
        assertThat(found.get("labeled")).isEqualTo(stream.labels);
        assertThat(found).hasSize(5);
    }

    private static Set<Long> offsets(List<SampleReference> references) {
        return references.stream().map(SampleReference::offset).collect(Collectors.toCollection(TreeSet::new));
    }

    /** A letter may be written twice; its source says so. */
    private static void everyRefusalIsADeadLetter(List<DeadLetter> letters, Stream stream) {
        Map<Long, DeadLetter> bySource = letters.stream()
                .collect(Collectors.toMap(DeadLetter::offset, letter -> letter, (a, b) -> {
                    assertThat(b.reason()).isEqualTo(a.reason());
                    return a;
                }));
        assertThat(bySource.values())
                .extracting(letter -> letter.reason().name())
                .containsExactlyInAnyOrderElementsOf(stream.refused);
        assertThat(bySource.values()).allSatisfy(letter -> {
            assertThat(letter.stage()).isEqualTo("trainer.ingest");
            assertThat(letter.topic()).isEqualTo(Topics.DISTILLATION_SAMPLES);
            assertThat(letter.value()).isEqualTo(stream.records.get((int) letter.offset()));
            assertThat(letter.message()).isNotBlank();
        });
    }

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
            Stream stream = new Stream();
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
