package dev.reflux.registry.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LevelsTest {

    @Property(tries = 300)
    void givenAnyLevels_whenPackedAndUnpacked_thenTheyAreTheSame(
            @ForAll List<@IntRange(min = -Levels.MOST, max = Levels.MOST) Integer> any) {
        int[] levels = any.stream().mapToInt(Integer::intValue).toArray();

        byte[] packed = Levels.pack(levels);

        assertThat(Levels.unpack(ByteBuffer.wrap(packed), levels.length)).isEqualTo(levels);
    }

    @Test
    void givenLevelsOfOneDistribution_whenPacked_thenTheyTakeTwoHundredthsOverTheirEntropyAtMost() {
        int[] levels = new int[300_000];
        Random random = new Random(5);
        double[] counts = new double[5];
        for (int i = 0; i < levels.length; i++) {
            double draw = random.nextDouble();
            levels[i] = draw < 0.6 ? 0 : draw < 0.77 ? 1 : draw < 0.94 ? -1 : draw < 0.97 ? 2 : -2;
            counts[levels[i] + 2]++;
        }
        double entropy = 0;
        for (double count : counts) {
            entropy -= count * Math.log(count / levels.length) / Math.log(2) / Byte.SIZE;
        }

        byte[] packed = Levels.pack(levels);

        assertThat((double) packed.length).isBetween(0.99 * entropy, 1.02 * entropy);
    }

    @Test
    void givenAnotherCount_whenUnpacked_thenASentenceSaysSo() {
        byte[] packed = Levels.pack(new int[30]);

        assertThatThrownBy(() -> Levels.unpack(ByteBuffer.wrap(packed), 40))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("30, not 40");
    }
}
