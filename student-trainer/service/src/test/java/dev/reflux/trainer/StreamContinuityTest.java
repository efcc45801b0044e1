package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the brokers may do to the topic under a trainer's checkpoint: nothing of it may pass in silence. */
@Timeout(300)
class StreamContinuityTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> NO_HOLDOUT =
            Map.of("trainer.learning.holdout-fraction", "0", "trainer.kafka.properties.\"metadata.max.age.ms\"", "300");

    @TempDir
    private Path directory;

    private static Map<String, String> with(String key, String value) {
        Map<String, String> keys = new HashMap<>(NO_HOLDOUT);
        keys.put(key, value);
        return keys;
    }

    private static TrainerService start(TrainerBench bench, String folder, Map<String, String> settings) {
        return TrainerService.start(bench.config(folder, settings), new TrainerListener() {});
    }

    private static TrainerState.Counts run(TrainerBench bench, Map<String, String> settings, int total) {
        try (TrainerService trainer = start(bench, "checkpoints", settings)) {
            trainer.finishAfter(total);
            assertThat(trainer.failure()).isEmpty();
            return trainer.counts();
        }
    }

    private TrainerState checkpoint() {
        return new CheckpointStore(directory.resolve("checkpoints"))
                .newest()
                .orElseThrow()
                .state();
    }

    private static String metrics(TrainerService trainer) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + trainer.healthPort() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Sixteen samples are read; then the topic is another one, with forty samples of which a seek would skip sixteen. */
    @Test
    void givenATopicMadeAnewUnderACheckpoint_whenStarted_thenItIsRefusedUntilNamedAndThenReadFromItsBeginning()
            throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 16);
            assertThat(run(bench, NO_HOLDOUT, 16).trained()).isEqualTo(16);
            bench.makeTheTopicAnew();
            bench.push(100, 140);

            String sentence = refusal(() -> start(bench, "checkpoints", NO_HOLDOUT));
            assertThat(sentence).contains("made anew").contains("trainer.checkpoint.new-topic=");
            assertThat(checkpoint().nextOffsets()).containsEntry(0, 16L);
            TrainerState.Counts counts = run(bench, with("trainer.checkpoint.new-topic", newTopic(sentence)), 56);

            assertThat(counts).isEqualTo(new TrainerState.Counts(56, 0, 0, 0));
            assertThat(checkpoint().nextOffsets()).containsEntry(0, 40L);
            assertThat(checkpoint().replay()).hasSize(40);
            assertThat(run(bench, NO_HOLDOUT, 56).trained())
                    .as("the new topic is known now")
                    .isEqualTo(56);
        }
    }

    @Test
    void givenATrainerThatRuns_whenItsTopicIsMadeAnew_thenItEndsWithOneSentenceAndTheCheckpointIsOfTheOldTopic()
            throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 16);
            try (TrainerService trainer = start(bench, "checkpoints", NO_HOLDOUT)) {
                await().atMost(PATIENCE).until(() -> trainer.counts().trained() == 16);
                bench.makeTheTopicAnew();
                bench.push(100, 120);

                trainer.awaitEnd();

                assertThat(trainer.failure()).get().isInstanceOf(UsageException.class);
            }
            assertThat(refusal(() -> start(bench, "checkpoints", NO_HOLDOUT))).contains("made anew");
        }
    }

    private static String refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable started) {
        Throwable refused = org.assertj.core.api.Assertions.catchThrowable(started);
        assertThat(refused).isInstanceOf(UsageException.class);
        return String.valueOf(refused.getMessage());
    }

    private static String newTopic(String sentence) {
        Matcher named = Pattern.compile("new-topic=(\\S+)").matcher(sentence);
        assertThat(named.find()).isTrue();
        return named.group(1);
    }

    /** Twenty samples are read, fifty come, and thirty of them go before they are read. */
    @Test
    void givenRetentionPastTheCheckpoint_whenStarted_thenTheGapIsCountedEverywhereAndTrainingGoesOnBehindIt()
            throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 20);
            run(bench, NO_HOLDOUT, 20);
            bench.push(20, 70);
            bench.removeBefore(50);
            try (TrainerService trainer = start(bench, "checkpoints", NO_HOLDOUT)) {
                await().atMost(PATIENCE).until(() -> trainer.counts().trained() == 40);

                trainer.finishAfter(40);

                assertThat(trainer.failure()).isEmpty();
            }
            assertThat(checkpoint().lost()).isEqualTo(30);
            assertThat(checkpoint().gaps()).containsExactly(new TrainerState.Gap(0, 20, 50));
            assertThat(checkpoint().nextOffsets()).containsEntry(0, 70L);
            StudentVersion newest = bench.versions().stream()
                    .max(Comparator.comparingLong(StudentVersion::version))
                    .orElseThrow();
            assertThat(newest.metrics()).containsEntry("samples.lost", 30.0);
            try (TrainerService again = start(bench, "checkpoints", NO_HOLDOUT)) {
                assertThat(metrics(again)).contains("reflux_trainer_lost_total 30.0");
            }
            assertThat(checkpoint().lost()).as("counted once").isEqualTo(30);
        }
    }

    @Test
    void givenATrainerThatRuns_whenAPartitionIsAdded_thenItIsReadFromItsBeginningAndIsInTheCheckpoint()
            throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 8);
            try (TrainerService trainer = start(bench, "checkpoints", NO_HOLDOUT)) {
                await().atMost(PATIENCE).until(() -> trainer.counts().trained() == 8);
                bench.addPartitions(3);
                for (int i = 8; i < 16; i++) {
                    bench.pushTo(2, Samples.value(Samples.sound(i)));
                }

                trainer.finishAfter(16);

                assertThat(trainer.failure()).isEmpty();
                assertThat(trainer.counts()).isEqualTo(new TrainerState.Counts(16, 0, 0, 0));
            }
            assertThat(checkpoint().nextOffsets()).containsEntry(0, 8L).containsEntry(2, 8L);
        }
    }

    @Test
    void givenALineWithVersionsAndAnEmptyFolder_whenStarted_thenItIsRefusedUntilItIsToBeginAnew() throws Exception {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 16);
            run(bench, NO_HOLDOUT, 16);

            assertThatThrownBy(() -> start(bench, "empty", NO_HOLDOUT))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("There is no checkpoint in")
                    .hasMessageContaining("version 1 of model student")
                    .hasMessageContaining("--begin-anew");
            assertThatThrownBy(() -> start(bench, "empty", with("trainer.student.name", "other")))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("consumer group reflux-trainer");
            try (TrainerService trainer = start(bench, "empty", with("trainer.checkpoint.begin-anew", "true"))) {
                trainer.finishAfter(16);
                assertThat(trainer.failure()).isEmpty();
            }

            assertThat(bench.versions())
                    .extracting(version -> version.lineage().parentVersion())
                    .containsExactly(0L, 0L);
        }
    }

    @Test
    void givenOneIdWithTwoContents_whenTrained_thenBothAreTrainedAndOnlyTheSameContentIsADuplicate() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            bench.push(0, 3);
            bench.push(Samples.value(Samples.with(3, frame -> frame.setFrameId("frame-0"))));
            bench.push(0, 1);

            TrainerState.Counts counts = run(bench, NO_HOLDOUT, 5);

            assertThat(counts).isEqualTo(new TrainerState.Counts(4, 0, 1, 0));
        }
    }
}
