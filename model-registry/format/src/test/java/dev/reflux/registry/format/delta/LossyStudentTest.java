package dev.reflux.registry.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.model.ModelCard;
import dev.reflux.registry.format.Artifact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LossyStudentTest {

    private static final int WEIGHTS = 20_000;

    private final Random random = new Random(11);
    private final float[] old = new float[WEIGHTS];
    private final float[] trained = new float[WEIGHTS];
    private final float[] oldMean = {1, 2, 3, 4};
    private final float[] mean = {1.5f, 2.5f, 3.123456f, 4.654321f};

    LossyStudentTest() {
        for (int i = 0; i < WEIGHTS; i++) {
            old[i] = (float) random.nextGaussian() * 0.1f;
            trained[i] = old[i] + (float) random.nextGaussian() * 1e-3f;
        }
    }

    @Test
    void givenATrainedStudent_whenThinned_thenOnlyTheGreatestMovesAreTakenOverAndStatisticsExactly()
            throws IOException {
        Map<Artifact, byte[]> parent = SavedStudents.student(old, oldMean);

        Map<Artifact, byte[]> lossy =
                LossyStudent.make(parent, SavedStudents.student(trained, mean), 0.05, LossyStudent.HALF_FLOAT);

        float[] weights = SavedStudents.floats(SavedStudents.entries(lossy).get("archive/data/0"));
        double smallestTaken = Double.MAX_VALUE;
        double greatestLeft = 0;
        int taken = 0;
        for (int i = 0; i < WEIGHTS; i++) {
            double move = Math.abs(trained[i] - old[i]);
            if (weights[i] == old[i]) {
                greatestLeft = Math.max(greatestLeft, move);
            } else {
                taken++;
                smallestTaken = Math.min(smallestTaken, move);
                assertThat((double) weights[i]).isCloseTo(trained[i], within(move / 2047));
            }
        }
        assertThat(taken).isBetween(WEIGHTS / 20 - 5, WEIGHTS / 20 + 5);
        assertThat(smallestTaken).isGreaterThanOrEqualTo(greatestLeft);
        assertThat(SavedStudents.floats(SavedStudents.entries(lossy).get("archive/data/1")))
                .isEqualTo(mean);
    }

    @Test
    void givenALossyStudent_whenCodedByItsParent_thenTheDeltaIsUnderFivePercentAndExact() throws IOException {
        Map<Artifact, byte[]> parent = SavedStudents.student(old, oldMean);
        Map<Artifact, byte[]> lossy =
                LossyStudent.make(parent, SavedStudents.student(trained, mean), 0.05, LossyStudent.HALF_FLOAT);

        byte[] delta = DeltaCodec.encode(parent, lossy);

        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        lossy.forEach((artifact, bytes) -> lengths.put(artifact, (long) bytes.length));
        Map<Artifact, byte[]> made = DeltaCodec.apply(parent, delta, lengths);
        lossy.forEach((artifact, bytes) -> assertThat(made.get(artifact)).isEqualTo(bytes));
        assertThat(delta.length).isLessThan(made.get(Artifact.STUDENT).length / 20);
    }

    @Test
    void givenALossyStudent_whenItsCardIsRead_thenItNamesTheNewFile() throws IOException {
        Map<Artifact, byte[]> lossy = LossyStudent.make(
                SavedStudents.student(old, oldMean),
                SavedStudents.student(trained, mean),
                0.1,
                LossyStudent.HALF_FLOAT);

        ModelCard card = ModelCard.parse(new String(lossy.get(Artifact.CARD), StandardCharsets.UTF_8));

        Path file = Files.createTempFile("lossy", ".pt");
        Files.write(file, lossy.get(Artifact.STUDENT));
        card.verify(file);
        Files.delete(file);
    }

    @Test
    void givenStudentsOfTwoArchitectures_whenThinned_thenASentenceSaysSo() throws IOException {
        assertThatThrownBy(() -> LossyStudent.make(
                        SavedStudents.student(old, oldMean),
                        SavedStudents.student(Arrays.copyOf(trained, 9), mean),
                        0.1,
                        LossyStudent.HALF_FLOAT))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("one architecture");
    }
}
