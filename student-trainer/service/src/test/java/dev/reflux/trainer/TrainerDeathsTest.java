package dev.reflux.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.Topics;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.StepReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly once over kills and stops, on a real broker and a real store. */
@Timeout(300)
class TrainerDeathsTest {

    @TempDir
    private Path directory;

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

    private TrainerState.Counts runToTheEnd(TrainerBench bench, TroubledStream stream) {
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
        TroubledStream stream = new TroubledStream();
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

    private static void everyVersionIsDueAndDescendsFromTheOneBefore(
            List<StudentVersion> versions, TroubledStream stream) {
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
    private void everyRecordHasHadOneEffect(TroubledStream stream) {
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
    private static void everyRecordHasOneFate(List<JsonNode> files, TroubledStream stream) {
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
    private static void everyRefusalIsADeadLetter(List<DeadLetter> letters, TroubledStream stream) {
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
}
