package dev.reflux.benchmarks.throughput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void givenAStream_whenItPassesBothMarks_thenItsPaceIsThatOfTheFramesBetween() {
        Pace pace = new Pace(4, 12);
        long start = System.nanoTime();

        pace.done(2);
        pace.done(5);
        pace.done(9);
        pace.done(13);

        assertThat(pace.framesPerSecond())
                .as("frames 5 to 13, in less than the time since the start")
                .isGreaterThanOrEqualTo(8 / ((System.nanoTime() - start) / 1e9));
    }

    @Test
    void givenAStreamThatEndsEarly_whenAskedForItsPace_thenItSaysSo() {
        Pace pace = new Pace(1, 10);
        pace.done(3);

        pace.failed();

        assertThatThrownBy(pace::framesPerSecond).hasMessageContaining("ended early");
    }

    @Test
    void givenMarksOutOfOrder_whenMade_thenTheyAreRefused() {
        assertThatThrownBy(() -> new Pace(8, 8)).isInstanceOf(IllegalArgumentException.class);
    }
}
