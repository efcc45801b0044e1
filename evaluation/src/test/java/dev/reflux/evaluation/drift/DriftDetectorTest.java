package dev.reflux.evaluation.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams whose change point is known: how late is the alarm, how often is it false? */
class DriftDetectorTest {

    private static final int CHANGE_AT = 400;

    static Stream<Supplier<DriftDetector>> detectors() {
        return Stream.of(() -> new Adwin(0.002, 5), () -> new PageHinkley(0.05, 3.0, 30));
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void givenAStepOfTheMean_whenWatched_thenTheAlarmComesWithinFortyFigures(Supplier<DriftDetector> made) {
        int worst = 0;
        for (int seed = 0; seed < 50; seed++) {
            worst = Math.max(worst, delay(made.get(), seed));
        }

        assertThat(worst).isBetween(1, 40);
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void givenASteadyStream_whenWatched_thenFewerThanOneInTwentyStreamsOfFourHundredAlarms(
            Supplier<DriftDetector> made) {
        int alarms = 0;
        for (int seed = 0; seed < 100; seed++) {
            DriftDetector detector = made.get();
            Random random = new Random(seed);
            boolean alarmed = false;
            for (int i = 0; i < 400; i++) {
                alarmed |= detector.add(0.3 + 0.1 * random.nextGaussian());
            }
            alarms += alarmed ? 1 : 0;
        }

        assertThat(alarms).isLessThan(5);
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void givenAState_whenRestored_thenTheDetectorGoesOnTheSame(Supplier<DriftDetector> made) {
        Random random = new Random(3);
        DriftDetector one = made.get();
        for (int i = 0; i < 300; i++) {
            one.add(0.3 + 0.1 * random.nextGaussian());
        }
        DriftDetector other = made.get();
        other.restore(one.state());

        for (int i = 0; i < 100; i++) {
            double value = 0.8 + 0.1 * random.nextGaussian();
            assertThat(other.add(value)).isEqualTo(one.add(value));
        }
        assertThat(other.state()).containsExactly(one.state());
    }

    private static int delay(DriftDetector detector, int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CHANGE_AT + 200; i++) {
            double mean = i < CHANGE_AT ? 0.3 : 0.6;
            boolean alarm = detector.add(mean + 0.1 * random.nextGaussian());
            if (alarm && i >= CHANGE_AT) {
                return i - CHANGE_AT + 1;
            }
        }
        return Integer.MAX_VALUE;
    }
}
