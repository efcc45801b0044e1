package dev.reflux.benchmarks.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileCodingTest {

    @ParameterizedTest
    @EnumSource(FileCoding.class)
    void givenFilesOfAnyLengths_whenCodedAndDecoded_thenTheBytesAreTheSame(FileCoding coding) {
        Random random = new Random(7);
        byte[] old = new byte[20_000];
        random.nextBytes(old);
        for (int length : new int[] {0, 1, 19_000, 20_000, 21_000}) {
            byte[] now = java.util.Arrays.copyOf(old, length);
            for (int i = 0; i < length; i += 97) {
                now[i]++;
            }

            byte[] made = coding.decode(old, coding.encode(old, now), length);

            assertThat(made).isEqualTo(now);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FileCoding.class,
            names = {"PATCH", "BSDIFF"})
    void givenAFileThatHardlyChanged_whenCodedByTheOldOne_thenItIsSmall(FileCoding coding) {
        byte[] old = new byte[20_000];
        new Random(7).nextBytes(old);
        byte[] now = old.clone();
        now[10_000] ^= 1;

        assertThat(coding.encode(old, now).length).isLessThan(200);
        assertThat(FileCoding.ZSTD.encode(old, now).length).isGreaterThan(19_000);
    }
}
