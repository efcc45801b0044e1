package dev.reflux.benchmarks.delta;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.format.delta.LossyStudent;
import dev.reflux.registry.format.delta.QuantizedStudent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A setting by which lossy students are made.
 *
 * @param title name of the row
 * @param maker makes a lossy student from the student on the vehicles and the trained student
 */
record LossySetting(String title, Maker maker) {

    /** The published settings: half floats as in AMS, then fewer bits for more weights, then steps of one size within a share of the bytes. */
    static final List<LossySetting> ALL = List.of(
            fraction(0.05, LossyStudent.HALF_FLOAT),
            fraction(0.10, 2),
            fraction(0.15, 1),
            steps(3),
            steps(4),
            steps(5));

    /** Makes a lossy student. */
    interface Maker {

        Made make(Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained);
    }

    /**
     * A lossy student.
     *
     * @param files its files
     * @param delta the delta that makes these files from the parent's
     */
    record Made(Map<Artifact, byte[]> files, byte[] delta) {}

    private static LossySetting fraction(double fraction, int bits) {
        return new LossySetting(
                String.format(Locale.ROOT, "%.0f %% of the weights, %d bits", 100 * fraction, bits),
                (parent, trained) -> {
                    Map<Artifact, byte[]> files = LossyStudent.make(parent, trained, fraction, bits);
                    return new Made(files, DeltaCodec.encode(parent, files));
                });
    }

    private static LossySetting steps(int percent) {
        return new LossySetting(String.format(Locale.ROOT, "steps within %d %%", percent), (parent, trained) -> {
            int student = Objects.requireNonNull(trained.get(Artifact.STUDENT)).length;
            QuantizedStudent.Made made = QuantizedStudent.within(parent, trained, (long) student * percent / 100);
            return new Made(made.files(), made.delta());
        });
    }
}
