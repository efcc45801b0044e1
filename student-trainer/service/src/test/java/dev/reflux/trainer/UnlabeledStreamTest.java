package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.StepReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trainer on a stream without labels, on a real broker and a real store. */
@Timeout(300)
class UnlabeledStreamTest {

    private static final int FRAMES = 60;

    @TempDir
    private Path directory;

    private TrainerState.Counts run(TrainerBench bench, int samples, TrainerListener listener) {
        Map<String, String> gate = Map.of("trainer.gate.quiet", "PT0S", "trainer.gate.may-lose", "1");
        try (TrainerService trainer = TrainerService.start(bench.config("checkpoints", gate), listener)) {
            trainer.finishAfter(samples);
            assertThat(trainer.failure()).isEmpty();
            return trainer.counts();
        }
    }

    private static byte[] unlabeled(int i) {
        return Samples.value(Samples.with(i, frame -> frame.clearLabel()));
    }

    private static double meanBce(List<StepReport> steps) {
        return steps.stream().mapToDouble(StepReport::bce).average().orElseThrow();
    }

    @Test
    void givenNoLabelAtAll_whenTrained_thenTheTeacherTeachesAndVersionsNameAnAgreementAndNoMiou() {
        List<StepReport> steps = new ArrayList<>();
        try (TrainerBench bench = new TrainerBench(directory)) {
            for (int i = 0; i < FRAMES; i++) {
                bench.push(unlabeled(i));
            }
            TrainerListener listener = new TrainerListener() {
                @Override
                public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
                    steps.add(report);
                    assertThat(prequentialMiou).isNaN();
                }

                @Override
                public void published(PublishedStudent student) {
                    await().atMost(Duration.ofSeconds(60)).until(() -> bench.champion() > 0);
                }
            };

            TrainerState.Counts counts = run(bench, FRAMES, listener);

            assertThat(counts.trained() + counts.heldOut()).isEqualTo(FRAMES);
            assertThat(counts.heldOut()).isPositive();
            assertThat(steps).allSatisfy(step -> {
                assertThat(step.labeledFraction()).isZero();
                assertThat(step.ce()).isPositive();
            });
            assertThat(meanBce(steps.subList(steps.size() - 4, steps.size()))).isLessThan(meanBce(steps.subList(0, 4)));
            List<StudentVersion> versions = bench.versions();
            StudentVersion last = versions.get(versions.size() - 1);
            assertThat(last.metrics())
                    .containsKeys("holdout.agreement", "holdout.agreement.raw", "champion.holdout.agreement")
                    .containsEntry("holdout.frames", 0.0)
                    .doesNotContainKeys("holdout.miou", "holdout.miou.raw", "prequential.miou");
            assertThat(last.metrics().get("holdout.agreement.frames")).isPositive();
            assertThat(bench.champion()).isPositive();
        }
    }

    @Test
    void givenALabelOnAHeldOutFrame_whenTheNextVersionIsPublished_thenItIsScoredByLabelsAlone() {
        try (TrainerBench bench = new TrainerBench(directory)) {
            for (int i = 0; i < FRAMES; i++) {
                bench.push(unlabeled(i));
            }
            for (int i = 0; i < FRAMES; i++) {
                bench.push(Samples.value(Samples.sound(i)));
            }
            for (int i = FRAMES; i < FRAMES + 20; i++) {
                bench.push(unlabeled(i));
            }

            TrainerState.Counts counts = run(bench, 2 * FRAMES + 20, new TrainerListener() {});

            assertThat(counts.labels()).isEqualTo(FRAMES);
            assertThat(counts.duplicates()).isZero();
            List<StudentVersion> versions = bench.versions();
            assertThat(versions.get(versions.size() - 1).metrics())
                    .containsKey("holdout.miou")
                    .doesNotContainKey("holdout.agreement");
        }
    }
}
