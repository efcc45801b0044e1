package dev.reflux.registry.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class QuantizedStudentTest {

    private static final int WEIGHTS = 3000;
    private static final float[] OLD_MEAN = {1, 2, 3, 4};
    private static final float[] MEAN = {1.5f, 2.5f, 3.123456f, 4.654321f};

    @Property(tries = 40)
    void givenAnyStep_whenMade_thenNoWeightIsFartherThanThatAndTheRestIsExactAndTheDeltaGivesTheSameBits(
            @ForAll long seed, @ForAll @DoubleRange(min = -6, max = -1) double magnitude) throws IOException {
        float step = (float) Math.pow(10, magnitude);
        float[] old = weights(seed, 0.1f);
        float[] trained = moved(old, seed, 1e-2f);
        Map<Artifact, byte[]> parent = SavedStudents.student(old, OLD_MEAN);

        QuantizedStudent.Made made = QuantizedStudent.make(parent, SavedStudents.student(trained, MEAN), step);

        float[] lossy = SavedStudents.floats(SavedStudents.entries(made.files()).get("archive/data/0"));
        double bound = (1 - QuantizedStudent.ROUNDING) * step + 2 * Math.ulp(1f);
        for (int i = 0; i < WEIGHTS; i++) {
            assertThat(Math.abs((double) lossy[i] - trained[i])).isLessThan(bound);
        }
        assertThat(SavedStudents.floats(SavedStudents.entries(made.files()).get("archive/data/1")))
                .isEqualTo(MEAN);
        Map<Artifact, byte[]> applied = DeltaCodec.apply(parent, made.delta(), lengths(made.files()));
        made.files()
                .forEach((artifact, bytes) -> assertThat(applied.get(artifact)).isEqualTo(bytes));
    }

    @Property(tries = 20)
    void givenAnyBudget_whenMadeWithin_thenItIsHeldAndNearlyUsed(
            @ForAll long seed, @ForAll @DoubleRange(min = 0.5, max = 8) double bits) throws IOException {
        float[] old = weights(seed, 0.1f);
        Map<Artifact, byte[]> parent = SavedStudents.student(old, OLD_MEAN);
        Map<Artifact, byte[]> trained = SavedStudents.student(moved(old, seed, 1e-3f), MEAN);
        long fixed = 400;
        long budget = fixed + (long) (bits * WEIGHTS / Byte.SIZE);

        QuantizedStudent.Made made = QuantizedStudent.within(parent, trained, budget);

        assertThat((long) made.delta().length).isBetween(budget - fixed, budget);
    }

    @Test
    void givenAChainOfLossyStudents_whenEachIsMadeOfTheOneBefore_thenErrorsDoNotAddUp() throws IOException {
        float step = 1e-3f;
        float[] trained = weights(1, 0.1f);
        Map<Artifact, byte[]> vehicle = SavedStudents.student(trained, MEAN);

        for (int version = 0; version < 12; version++) {
            trained = moved(trained, version, 5e-4f);
            vehicle = QuantizedStudent.make(vehicle, SavedStudents.student(trained, MEAN), step)
                    .files();
        }

        float[] lossy = SavedStudents.floats(SavedStudents.entries(vehicle).get("archive/data/0"));
        for (int i = 0; i < WEIGHTS; i++) {
            assertThat(Math.abs(lossy[i] - trained[i])).isLessThan(0.66f * step);
        }
    }

    @Test
    void givenALossyStudent_whenItsCardIsRead_thenItNamesTheNewFile() throws IOException {
        float[] old = weights(3, 0.1f);

        Map<Artifact, byte[]> lossy = QuantizedStudent.make(
                        SavedStudents.student(old, OLD_MEAN), SavedStudents.student(moved(old, 3, 1e-2f), MEAN), 1e-2f)
                .files();

        Path file = Files.createTempFile("lossy", ".pt");
        Files.write(file, lossy.get(Artifact.STUDENT));
        ModelCard.parse(new String(lossy.get(Artifact.CARD), StandardCharsets.UTF_8))
                .verify(file);
        Files.delete(file);
    }

    @Test
    void givenADeltaOfWhichAnythingIsMissingOrChanged_whenApplied_thenItIsRefusedOrMakesOtherFiles()
            throws IOException {
        float[] old = weights(4, 0.1f);
        Map<Artifact, byte[]> parent = SavedStudents.student(old, OLD_MEAN);
        QuantizedStudent.Made made =
                QuantizedStudent.make(parent, SavedStudents.student(moved(old, 4, 1e-3f), MEAN), 1e-3f);
        Map<Artifact, Long> lengths = lengths(made.files());

        for (int at = 0; at < made.delta().length; at++) {
            byte[] shorter = Arrays.copyOf(made.delta(), at);
            byte[] changed = made.delta().clone();
            changed[at] ^= 0x11;

            assertThatThrownBy(() -> DeltaCodec.apply(parent, shorter, lengths))
                    .as("%d bytes", at)
                    .isInstanceOf(DeltaException.class)
                    .hasMessageEndingWith(".");
            assertThat(refusedOrOther(parent, changed, made.files()))
                    .as("byte %d", at)
                    .isTrue();
        }
    }

    /** Anything but a DeltaException fails the test. Other files than the manifest's are refused by their hash. */
    private static boolean refusedOrOther(Map<Artifact, byte[]> parent, byte[] delta, Map<Artifact, byte[]> wanted) {
        try {
            Map<Artifact, byte[]> files = DeltaCodec.apply(parent, delta, lengths(wanted));
            // Deflate may have more than one way to say the same; then the files are the same and all is well, but the
            // delta's own hash, which is looked at first, differs.
            return files.keySet().equals(wanted.keySet());
        } catch (DeltaException e) {
            return e.getMessage().endsWith(".");
        }
    }

    @Test
    void givenStudentsThatCannotBeMadeOfOneAnother_whenMade_thenASentenceSaysWhy() throws IOException {
        float[] old = weights(5, 0.1f);
        float[] broken = old.clone();
        broken[7] = Float.NaN;
        Map<Artifact, byte[]> parent = SavedStudents.student(old, MEAN);

        assertThatThrownBy(() -> QuantizedStudent.make(parent, SavedStudents.student(Arrays.copyOf(old, 9), MEAN), 1))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("one architecture");
        assertThatThrownBy(() -> QuantizedStudent.make(parent, SavedStudents.student(broken, MEAN), 1))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("not finite");
        assertThatThrownBy(() -> QuantizedStudent.within(parent, SavedStudents.student(weights(6, 1), OLD_MEAN), 20))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("over the 20");
        assertThatThrownBy(() -> QuantizedStudent.make(parent, parent, 1e-9f))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("too small");
        assertThatThrownBy(() -> QuantizedStudent.make(parent, parent, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givenAStudentWithOtherCode_whenMade_thenItIsRefused() throws IOException {
        Map<Artifact, byte[]> parent = SavedStudents.student(weights(8, 0.1f), MEAN);
        Map<Artifact, byte[]> trained = new EnumMap<>(SavedStudents.student(weights(9, 0.1f), MEAN));
        byte[] student = trained.get(Artifact.STUDENT).clone();
        StoredZip archive = new StoredZip(student);
        archive.rewrite(archive.entries().get(2), "4\n".getBytes(StandardCharsets.UTF_8));
        trained.put(Artifact.STUDENT, student);

        assertThatThrownBy(() -> QuantizedStudent.make(parent, trained, 1))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("more than their weights");
    }

    private static float[] weights(long seed, float scale) {
        Random random = new Random(seed);
        float[] weights = new float[WEIGHTS];
        for (int i = 0; i < WEIGHTS; i++) {
            weights[i] = (float) random.nextGaussian() * scale;
        }
        return weights;
    }

    private static float[] moved(float[] from, long seed, float scale) {
        float[] to = weights(~seed, scale);
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
        return to;
    }

    private static Map<Artifact, Long> lengths(Map<Artifact, byte[]> files) {
        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        files.forEach((artifact, bytes) -> lengths.put(artifact, (long) bytes.length));
        return lengths;
    }
}
