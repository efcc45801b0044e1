package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.publish.PublishedStudent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard in the trainer, on a real broker and a real store. */
@Timeout(300)
class GuardedTrainerTest {

    @TempDir
    private Path directory;

    private static DistillationSample.Builder of(int i, String camera, boolean foreign) {
        return Samples.with(i, frame -> {
            frame.setCameraId(camera);
            return foreign
                    ? frame.setLabel(ByteString.copyFrom(new LabelMapCodec().encode(Samples.label(i, 2))))
                    : frame;
        });
    }

    /** Camera "bad" is labeled by another schema's ids from frame 40 to 64, with a restart in between. */
    @Test
    void givenACameraWithForeignLabels_whenTrainedWithARestart_thenEachOfItsFramesIsADeadLetterOnceUntilItIsSane()
            throws Exception {
        Map<String, String> more = Map.of("trainer.learning.holdout-fraction", "0");
        try (TrainerBench bench = new TrainerBench(directory)) {
            for (int i = 0; i < 120; i++) {
                bench.push(Samples.value(of(i, i % 2 == 0 ? "good" : "bad", i % 2 == 1 && i >= 40 && i < 64)));
            }
            try (TrainerService first =
                    TrainerService.start(bench.config("checkpoints", more), new TrainerListener() {})) {
                first.finishAfter(52);
                assertThat(first.counts().deadLettered()).isEqualTo(6);
            }

            try (TrainerService next =
                    TrainerService.start(bench.config("checkpoints", more), new TrainerListener() {})) {
                next.finishAfter(120);

                long aside = next.counts().deadLettered();
                assertThat(aside).as("the bad frames and those on probation").isBetween(12L + 5, 12L + 20);
                assertThat(next.counts()).isEqualTo(new TrainerState.Counts(120 - aside, 0, 0, aside));
                List<DeadLetter> letters = bench.deadLetters();
                assertThat(letters)
                        .hasSize((int) aside)
                        .allMatch(letter -> letter.reason() == Rejection.SET_ASIDE)
                        .allMatch(letter -> letter.offset() % 2 == 1 && letter.offset() >= 40)
                        .allMatch(letter -> letter.message().contains("Camera bad"));
                assertThat(letters).extracting(DeadLetter::offset).doesNotHaveDuplicates();
                assertThat(letters.get((int) aside - 1).offset())
                        .as("it has come back")
                        .isLessThan(110);
            }
        }
    }

    /**
     * Labels and teacher change their meaning together, so that nothing tells a frame from a sane one: only the score of the
     * student on what it knew shows it.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givenACollapse_whenAVersionIsDue_thenTheGuardGoesBackAndWithoutItTheDamageIsPublished(boolean guarded)
            throws Exception {
        Map<String, String> more = Map.of(
                "trainer.guard.enabled", String.valueOf(guarded),
                "trainer.learning.learning-rate", "0.01",
                "trainer.learning.updates", "4",
                "trainer.learning.replay", "fifo",
                "trainer.learning.replay-capacity", "16",
                "trainer.checkpoint.publish-every-frames", "80");
        HoldoutRule rule = new HoldoutRule(0.2);
        List<DistillationSample.Builder> stream = new ArrayList<>();
        int trained = 0;
        for (int i = 0; trained < 320; i++) {
            boolean held = rule.holdsOut("camera", Samples.capturedAt(i));
            boolean turned = trained >= 160 && trained < 240;
            if (!(held && turned)) {
                stream.add(Samples.sound(i, turned ? 2 : 0));
            }
            trained += held ? 0 : 1;
        }
        try (TrainerBench bench = new TrainerBench(directory)) {
            stream.forEach(sample -> bench.push(Samples.value(sample)));
            try (TrainerService trainer =
                    TrainerService.start(bench.config("checkpoints", more), new TrainerListener() {})) {

                trainer.finishAfter(stream.size());

                assertThat(trainer.failure()).isEmpty();
                assertThat(trainer.counts().trained()).isEqualTo(320);
            }
            List<Double> scores = bench.versions().stream()
                    .map(version -> version.metrics().get("holdout.miou"))
                    .toList();
            if (guarded) {
                assertThat(scores).hasSize(3);
                assertThat(scores.get(2)).isGreaterThan(0.8 * scores.get(1));
                assertThat(takenBack(bench.fates().get(2)))
                        .as("a window may be longer")
                        .isBetween(72, 88);
                assertThat(bench.versions().get(2).lineage().parentVersion()).isEqualTo(2);
            } else {
                assertThat(scores).hasSize(4);
                assertThat(scores.get(2)).as("the damage").isLessThan(0.6 * scores.get(1));
            }
        }
    }

    private static int takenBack(JsonNode fates) {
        int samples = 0;
        for (JsonNode run : fates.get("partitions").get(0).get("runs")) {
            samples += run.path("reason").asText().equals("TAKEN_BACK")
                    ? run.get("samples").asInt()
                    : 0;
        }
        return samples;
    }

    /** Between the two versions no frame is held out, so the champion's score on the present holdout is its own. */
    @Test
    void givenAChampion_whenTheNextVersionIsPublished_thenItNamesTheChampionsScoreOnTheSameFrames() {
        HoldoutRule rule = new HoldoutRule(0.2);
        Map<String, String> more = Map.of("trainer.gate.quiet", "PT0S", "trainer.gate.may-lose", "1");
        List<DistillationSample.Builder> stream = new ArrayList<>();
        int trained = 0;
        for (int i = 0; trained < 32; i++) {
            boolean held = rule.holdsOut("camera", Samples.capturedAt(i));
            if (!held || trained < 16) {
                stream.add(Samples.sound(i));
                trained += held ? 0 : 1;
            }
        }
        try (TrainerBench bench = new TrainerBench(directory)) {
            stream.forEach(sample -> bench.push(Samples.value(sample)));
            TrainerListener waits = new TrainerListener() {
                @Override
                public void published(PublishedStudent student) {
                    await().atMost(Duration.ofSeconds(60)).until(() -> bench.champion() > 0);
                }
            };
            try (TrainerService trainer = TrainerService.start(bench.config("checkpoints", more), waits)) {

                trainer.finishAfter(stream.size());

                assertThat(trainer.failure()).isEmpty();
            }
            List<StudentVersion> versions = bench.versions();
            Map<String, Double> first = versions.get(0).metrics();
            Map<String, Double> second = versions.get(1).metrics();
            assertThat(first).doesNotContainKey("champion.version");
            assertThat(second.get("holdout.digest"))
                    .isEqualTo(first.get("holdout.digest"))
                    .isPositive();
            assertThat(second)
                    .containsEntry("champion.version", 1.0)
                    .containsEntry("champion.holdout.miou", first.get("holdout.miou"))
                    .containsEntry("champion.holdout.class.road", first.get("holdout.class.road"))
                    .containsEntry("champion.holdout.domain.drive", first.get("holdout.domain.drive"));
            assertThat(second.get("holdout.miou")).isNotEqualTo(first.get("holdout.miou"));
        }
    }
}
