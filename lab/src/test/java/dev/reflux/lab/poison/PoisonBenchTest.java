package dev.reflux.lab.poison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.image.ImageSize;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.LearningStand;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every poison on the tiny student, with and without the guard: two cameras, 200 frames, the last 120 poisoned. A student
 * that learns by its labels alone shows the damage of bad labels best, one with L_kd that of a bad teacher.
 */
class PoisonBenchTest {

    private static final LearningListener QUIET = new LearningListener() {
        @Override
        public void say(String sentence) {}

        @Override
        public void progressed(String phase, long done, long of, String figures) {}
    };

    @TempDir
    private static Path out;

    /** How a student learns: by its labels, or with as much of the teacher. */
    private enum By {
        LABELS("ce"),
        TEACHER("ce+kl");

        private final PoisonSettings settings;

        By(String method) {
            settings = new PoisonSettings(learning(method), List.of(), 2, 1, 0.4, 1);
        }
    }

    private static LearningStand stand;

    @BeforeAll
    static void open() {
        stand = LearningStand.open(By.LABELS.settings.learning(), QUIET);
        stand.runtime().useThisThread();
    }

    @AfterAll
    static void close() {
        stand.close();
    }

    private static LearningSettings learning(String method) {
        return new LearningSettings(
                "synthetic:1,400",
                Protocol.STREAM,
                Path.of("..", "models", "teacher-synthetic.json"),
                null,
                Path.of("..", "models", "fixtures", "tiny-student.json"),
                new ImageSize(128, 80),
                new ImageSize(128, 80),
                LearningMethods.parse(List.of(method)),
                LearningSettings.Replay.ON,
                List.of(),
                false,
                1,
                4,
                0.002,
                4,
                4,
                5,
                1,
                WireType.INT8,
                out,
                out,
                false,
                new TorchOptions(1, "cpu"));
    }

    /** Runs are deterministic, so each is made once. */
    private static final Map<List<Object>, PoisonResult> DONE = new HashMap<>();

    private static PoisonResult run(By by, Poison poison, Watch watch) {
        return DONE.computeIfAbsent(
                List.of(by, poison, watch), one -> new PoisonRun(stand, by.settings, poison, watch, 1).run());
    }

    @Test
    void givenACleanStream_whenGuarded_thenTheStudentIsTheSameBitByBitAndNothingIsSaid() {
        PoisonResult clean = run(By.LABELS, Poison.NONE, Watch.NOBODY);

        PoisonResult guarded = run(By.LABELS, Poison.NONE, Watch.GUARD);

        assertThat(guarded.weights()).isEqualTo(clean.weights());
        assertThat(guarded.said()).isEmpty();
        assertThat(guarded.setAside()).isZero();
        assertThat(guarded.skippedSteps()).isZero();
        assertThat(guarded.passes()).as(guarded.gate()).isTrue();
        assertThat(guarded.miou()).isGreaterThan(0.25);
    }

    /**
     * Exactly the harmed frames are set aside: the guarded student is, bit by bit, that of a stream without them.
     *
     * @param damage the least mIoU that the student loses without the guard, against the one with it; 0 where the damage is
     *     below the noise of a student of this size
     */
    @ParameterizedTest
    @CsvSource({
        "PERMUTED_LABELS, 0.10",
        "FOREIGN_SCHEMA, 0.05",
        "RANDOM_LABELS, 0.02",
        "RANDOM_LABELS_CAMERA, 0",
        "SWAPPED_LABELS_20, 0",
        "BLACK_CAMERA, 0",
    })
    void givenABadSource_whenGuarded_thenExactlyItsFramesAreSetAside(Poison poison, double damage) {
        PoisonResult guarded = run(By.LABELS, poison, Watch.GUARD);

        PoisonResult oracle = run(By.LABELS, poison, Watch.ORACLE);
        assertThat(guarded.setAside()).isEqualTo(oracle.setAside()).isPositive();
        assertThat(guarded.weights()).isEqualTo(oracle.weights());
        assertThat(guarded.said()).hasSizeBetween(1, 4);
        if (damage > 0) {
            PoisonResult without = run(By.LABELS, poison, Watch.NOBODY);
            assertThat(without.miou()).isLessThan(guarded.miou() - damage);
            assertThat(without.passes()).as("the gate refuses the damage").isFalse();
        }
    }

    @Test
    void givenLabelsOfWhichAFifthIsNoise_whenGuarded_thenNoFrameIsLostAndTheStudentIsAsGoodAsAClean() {
        PoisonResult clean = run(By.LABELS, Poison.NONE, Watch.NOBODY);

        PoisonResult guarded = run(By.LABELS, Poison.RANDOM_LABELS_20, Watch.GUARD);

        assertThat(guarded.setAside()).isZero();
        assertThat(guarded.trained()).isEqualTo(clean.trained());
        assertThat(guarded.miou()).isGreaterThan(clean.miou() - 0.03);
        assertThat(guarded.said()).hasSize(2).allMatch(sentence -> sentence.contains("specks"));
    }

    /** @param damage the least mIoU that the student loses without the guard, against the clean stream */
    @ParameterizedTest
    @CsvSource({
        "NAN_LOGITS, 0.05",
        "TEACHER_ONE_CLASS, 0.10",
        "TEACHER_PERMUTED, 0.05",
        "TEACHER_NOISE, 0",
        "HUGE_LOGITS, 0",
        "EXPLODING, 0",
    })
    void givenABadTeacher_whenGuarded_thenNoFrameIsLostAndTheStudentIsAsGoodAsAClean(Poison poison, double damage) {
        PoisonResult clean = run(By.TEACHER, Poison.NONE, Watch.NOBODY);

        PoisonResult guarded = run(By.TEACHER, poison, Watch.GUARD);

        assertThat(guarded.setAside()).isZero();
        assertThat(guarded.trained()).isEqualTo(clean.trained());
        assertThat(guarded.miou()).isGreaterThan(clean.miou() - 0.03);
        assertThat(guarded.skippedSteps()).isZero();
        assertThat(guarded.said()).hasSizeBetween(1, 4);
        if (damage > 0) {
            PoisonResult without = run(By.TEACHER, poison, Watch.NOBODY);
            assertThat(without.miou()).isLessThan(clean.miou() - damage);
        }
    }
}
