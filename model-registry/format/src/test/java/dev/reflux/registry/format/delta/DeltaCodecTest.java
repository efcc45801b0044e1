package dev.reflux.registry.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.format.Artifact;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DeltaCodecTest {

    @Property(tries = 300)
    void anyFilesOfAnyLengths_comeBackBitForBit(
            @ForAll @Size(max = 300) byte[] a,
            @ForAll @Size(max = 300) byte[] b,
            @ForAll @Size(max = 300) byte[] c,
            @ForAll @Size(max = 300) byte[] d) {
        assertComesBack(files(a, b, c), files(b, a, d));
        assertComesBack(files(a, b, c), files(a, c, b));
    }

    @Property(tries = 300)
    void anyTwoFloats_differByAWordThatComesBack(@ForAll int from, @ForAll int to) {
        byte[] old = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(from)
                .array();
        byte[] now =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(to).array();

        assertThat(WordDelta.apply(old, ByteBuffer.wrap(WordDelta.encode(old, now))))
                .isEqualTo(now);
    }

    @Test
    void givenSignedZerosInfinitiesAndNaNs_whenEncoded_thenTheirBitsComeBack() {
        byte[] old = floats(0f, -0f, Float.NaN, 1f, Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE);
        byte[] now = floats(-0f, 0f, Float.NEGATIVE_INFINITY, Float.NaN, -Float.MIN_VALUE, -1f, Float.MAX_VALUE);

        assertThat(WordDelta.apply(old, ByteBuffer.wrap(WordDelta.encode(old, now))))
                .isEqualTo(now);
    }

    @Test
    void givenATrainedStep_whenEncoded_thenTheWeightsTravelOnceAndShorterThanTheyAre() {
        Random random = new Random(3);
        float[] weights = new float[50_000];
        float[] trained = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian() * 0.1f;
            trained[i] = weights[i] * (1 + (float) random.nextGaussian() * 1e-3f);
        }
        Map<Artifact, byte[]> from = student(weights, "old");
        Map<Artifact, byte[]> to = student(trained, "new");

        byte[] delta = assertComesBack(from, to);

        assertThat(delta.length).isLessThan(weights.length * 4 * 6 / 10);
    }

    @Test
    void givenFewChangedWeights_whenEncoded_thenTheDeltaIsSmall() {
        Random random = new Random(3);
        float[] weights = new float[50_000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian() * 0.1f;
        }
        float[] trained = weights.clone();
        for (int i = 0; i < weights.length; i += 20) {
            trained[i] *= 1.01f;
        }

        byte[] delta = assertComesBack(student(weights, "old"), student(trained, "new"));

        assertThat(delta.length).isLessThan(weights.length * 4 / 20);
    }

    @Test
    void givenADamagedDelta_whenApplied_thenItIsRefusedOrGivesOtherBytesButNeverFailsOtherwise() {
        Map<Artifact, byte[]> from = student(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "old");
        Map<Artifact, byte[]> to = student(new float[] {1, 2, 3, 4, 5, 6, 7.5f, 8, -9, 10}, "new");
        byte[] delta = DeltaCodec.encode(from, to);
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = delta.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
            }
            byte[] cut = java.util.Arrays.copyOf(bad, random.nextInt(bad.length + 1));

            try {
                DeltaCodec.apply(from, cut, lengths(to));
            } catch (DeltaException e) {
                assertThat(e.getMessage()).endsWith(".");
            }
        }
        assertThatThrownBy(() -> DeltaCodec.apply(from, new byte[9], lengths(to)))
                .hasMessage("These bytes are no delta, or one of another format.");
        assertThatThrownBy(() -> DeltaCodec.apply(student(new float[3], "x"), delta, lengths(to)))
                .isInstanceOf(DeltaException.class);
    }

    private static byte[] assertComesBack(Map<Artifact, byte[]> from, Map<Artifact, byte[]> to) {
        byte[] delta = DeltaCodec.encode(from, to);

        Map<Artifact, byte[]> made = DeltaCodec.apply(from, delta, lengths(to));
        to.forEach((artifact, bytes) -> assertThat(made.get(artifact)).isEqualTo(bytes));
        return delta;
    }

    private static Map<Artifact, byte[]> student(float[] weights, String name) {
        byte[] bytes = floats(weights);
        ByteBuffer pt = ByteBuffer.allocate(bytes.length + 64).put("header of a zip".getBytes(StandardCharsets.UTF_8));
        pt.position(64);
        pt.put(bytes);
        ByteBuffer safe = ByteBuffer.allocate(bytes.length + 8).putLong(8).put(bytes);
        return files(pt.array(), safe.array(), ("{\"name\":\"" + name + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static Map<Artifact, byte[]> files(byte[] student, byte[] weights, byte[] card) {
        return new EnumMap<>(Map.of(Artifact.STUDENT, student, Artifact.WEIGHTS, weights, Artifact.CARD, card));
    }

    private static Map<Artifact, Long> lengths(Map<Artifact, byte[]> files) {
        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        files.forEach((artifact, bytes) -> lengths.put(artifact, (long) bytes.length));
        return lengths;
    }
}
