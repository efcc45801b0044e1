package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.registry.format.Artifact;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.update.StepReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels of one camera of three that are wrong, in the trainer, on a real broker and a real store. */
@Timeout(300)
class DistrustTest {

    private static final int FRAMES = 240;
    private static final int WRONG_FROM = 90;
    private static final String[] CAMERAS = {"a", "bad", "c"};

    @TempDir
    private Path directory;

    /** How a label is wrong. */
    private enum Wrong {
        /** Every class is another one: the guard sees it in each frame. */
        FOREIGN("0.25", id -> (id + 2) % Samples.CLASSES),
        /** Two classes are swapped, and the guard's limit of a frame lets that pass. */
        SWAPPED("0.9", id -> id == 1 ? 3 : id == 3 ? 1 : id);

        private final String margin;
        private final UnaryOperator<Integer> id;

        Wrong(String margin, UnaryOperator<Integer> id) {
            this.margin = margin;
            this.id = id;
        }

        LabelMap label(int i) {
            LabelMap right = Samples.label(i, 0);
            byte[] ids = right.ids().clone();
            for (int p = 0; p < ids.length; p++) {
                int own = ids[p] & 0xFF;
                ids[p] = (byte) (own < Samples.CLASSES ? id.apply(own) : own);
            }
            return new LabelMap(right.width(), right.height(), ids);
        }
    }

    private static Map<String, String> settings(Wrong wrong, boolean distrust) {
        return Map.of(
                "trainer.guard.agreement-margin",
                wrong.margin,
                "trainer.learning.distrust",
                String.valueOf(distrust),
                "trainer.learning.learning-rate",
                "0.01",
                "trainer.learning.updates",
                "4");
    }

    private static DistillationSample.Builder sample(int i, Wrong wrong) {
        String camera = CAMERAS[i % CAMERAS.length];
        return Samples.with(i, frame -> {
            frame.setCameraId(camera);
            return camera.equals("bad") && i >= WRONG_FROM
                    ? frame.setLabel(ByteString.copyFrom(new LabelMapCodec().encode(wrong.label(i))))
                    : frame;
        });
    }

    private static void push(TrainerBench bench, Wrong wrong) {
        for (int i = 0; i < FRAMES; i++) {
            bench.push(Samples.value(sample(i, wrong)));
        }
    }

    private static int heldOut() {
        HoldoutRule rule = new HoldoutRule(0.2);
        int held = 0;
        for (int i = 0; i < FRAMES; i++) {
            held += rule.holdsOut(CAMERAS[i % CAMERAS.length], Samples.capturedAt(i)) ? 1 : 0;
        }
        return held;
    }

    private static double doubted(TrainerService trainer) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + trainer.healthPort() + "/metrics");
        String text = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith("reflux_trainer_labels_doubted "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Notes the part of the teaching pixels that have a label. */
    private static final class Labels implements TrainerListener {

        private volatile double last = Double.NaN;

        @Override
        public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
            last = report.labeledFraction();
        }
    }

    @ParameterizedTest
    @CsvSource({"SWAPPED, false", "SWAPPED, true", "FOREIGN, false", "FOREIGN, true"})
    void givenACameraWithWrongLabels_whenTrained_thenItIsDoubtedAndItsLabelsTeachOnlyWithoutDistrust(
            Wrong wrong, boolean distrust) throws Exception {
        Labels labels = new Labels();
        boolean guardRefuses = wrong == Wrong.FOREIGN && !distrust;
        try (TrainerBench bench = new TrainerBench(directory)) {
            push(bench, wrong);
            try (TrainerService trainer =
                    TrainerService.start(bench.config("checkpoints", settings(wrong, distrust)), labels)) {
                await().failFast(() -> trainer.failure().isPresent())
                        .atMost(Duration.ofSeconds(150))
                        .until(() -> doubted(trainer) == 1);

                trainer.finishAfter(FRAMES);

                assertThat(trainer.failure()).isEmpty();
                TrainerState.Counts counts = trainer.counts();
                assertThat(counts.total()).isEqualTo(FRAMES);
                if (guardRefuses) {
                    assertThat(counts.deadLettered()).isGreaterThan(20);
                } else {
                    assertThat(counts).isEqualTo(new TrainerState.Counts(FRAMES - heldOut(), heldOut(), 0, 0));
                }
                if (distrust) {
                    assertThat(labels.last).isBetween(0.3, 0.9);
                } else {
                    assertThat(labels.last).isGreaterThan(0.95);
                }
            }
        }
    }

    /** A kill in a window after doubt has begun, and the run that was never killed. */
    @Test
    void givenLabelsThatAreSetAside_whenKilledAndStartedAgain_thenTheWeightsAreThoseOfARunWithoutAKill()
            throws Exception {
        Map<String, String> more = settings(Wrong.SWAPPED, true);
        Files.createDirectories(directory.resolve("calm"));
        Files.createDirectories(directory.resolve("wild"));
        List<String> expected;
        try (TrainerBench calm = new TrainerBench(directory.resolve("calm"))) {
            push(calm, Wrong.SWAPPED);
            expected = weightsAfter(calm, more);
        }
        try (TrainerBench wild = new TrainerBench(directory.resolve("wild"))) {
            push(wild, Wrong.SWAPPED);
            try (TrainerService killed = TrainerService.start(wild.config("checkpoints", more), new KilledAt(150))) {
                killed.awaitEnd();
                assertThat(killed.failure()).get().hasToString("java.lang.IllegalStateException: killed");
            }

            List<String> weights = weightsAfter(wild, more);

            assertThat(weights).isEqualTo(expected).hasSizeGreaterThan(5);
        }
    }

    private static List<String> weightsAfter(TrainerBench bench, Map<String, String> more) {
        try (TrainerService trainer =
                TrainerService.start(bench.config("checkpoints", more), new TrainerListener() {})) {
            trainer.finishAfter(FRAMES);
            assertThat(trainer.failure()).isEmpty();
        }
        return bench.versions().stream()
                .map(version -> version.blob(Artifact.WEIGHTS).sha256())
                .toList();
    }

    /** Ends the training thread in a step, when a label was set aside before. */
    private static final class KilledAt implements TrainerListener {

        private final int step;

        private KilledAt(int step) {
            this.step = step;
        }

        @Override
        public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
            if (report.step() == step) {
                assertThat(report.labeledFraction()).as("labels are set aside").isLessThan(0.95);
                throw new IllegalStateException("killed");
            }
        }
    }
}
