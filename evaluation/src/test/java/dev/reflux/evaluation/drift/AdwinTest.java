package dev.reflux.evaluation.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdwinTest {

    @Test
    void givenALongSteadyStream_whenAdded_thenTheWindowIsExactAndItsMemoryIsLogarithmic() {
        Adwin adwin = new Adwin(0.002, 5);
        Random random = new Random(1);
        double sum = 0;
        for (int i = 0; i < 3000; i++) {
            double value = random.nextDouble();
            sum += value;

            adwin.add(value);
        }

        assertThat(adwin.length()).isEqualTo(3000);
        assertThat(adwin.mean()).isCloseTo(sum / 3000, within(1e-12));
        // Five buckets a row, and rows of 1, 2, 4, … 512 values hold 5115.
        assertThat(adwin.state().length / 3).isBetween(30, 50);
    }

    /**
     * The variance of n zeros and k ones is p(1 − p) with p = k / (n + k), the means differ by 1, and the bound is √(2·h·v·c)
     * + ⅔·h·c with h = 1/n + 1/k and c = ln(2·ln(n + k)/δ). All zeros are in buckets that end where the ones begin.
     */
    @ParameterizedTest
    @CsvSource({"32, 0.002, 1", "32, 0.2, 1", "200, 0.002, 1"})
    void givenZerosAndThenOnes_whenAdded_thenTheFirstAlarmIsWhereTheBoundIsCrossed(
            int zeros, double delta, int minimum) {
        Adwin adwin = new Adwin(delta, minimum);
        for (int i = 0; i < zeros; i++) {
            assertThat(adwin.add(0)).isFalse();
        }
        int expected = Math.max(minimum, 1);
        while (1 <= bound(zeros, expected, delta)) {
            expected++;
        }

        int ones = 1;
        while (!adwin.add(1)) {
            ones++;
        }

        assertThat(ones).isEqualTo(expected);
    }

    @Test
    void givenFewerValuesThanTheMinimumOnBothSides_whenTheMeanChanges_thenThereIsNoAlarm() {
        Adwin adwin = new Adwin(0.2, 50);
        for (int i = 0; i < 49; i++) {
            adwin.add(0);
        }

        for (int i = 0; i < 50; i++) {
            assertThat(adwin.add(1)).isFalse();
        }
    }

    private static double bound(double zeros, double ones, double delta) {
        double all = zeros + ones;
        double variance = ones / all * (1 - ones / all);
        double confidence = Math.log(2 * Math.log(all) / delta);
        double harmonic = 1 / zeros + 1 / ones;
        return Math.sqrt(2 * harmonic * variance * confidence) + 2.0 / 3 * harmonic * confidence;
    }

    @Test
    void givenAWindow_whenAnotherStateIsRestored_thenNothingOfItIsLeft() {
        Adwin one = new Adwin(0.002, 5);
        Adwin other = new Adwin(0.002, 5);
        for (int i = 0; i < 20; i++) {
            one.add(0.25);
            other.add(0.75);
        }

        other.restore(one.state());

        assertThat(other.length()).isEqualTo(20);
        assertThat(other.mean()).isEqualTo(0.25);
    }

    @Test
    void givenSettingsOutOfRange_whenCreated_thenTheyAreRefused() {
        assertThatThrownBy(() -> new Adwin(0, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Adwin(1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Adwin(0.002, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new Adwin(0.002, 1).length()).isZero();
    }
}
