package dev.reflux.torch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

    @Test
    void givenAPolynomial_whenAskedAlongTheWay_thenItFallsToItsFloorAndStays() {
        LearningRateSchedule poly = LearningRateSchedule.poly(0.1, 100, 0.9, 1e-4);

        assertThat(poly.at(0)).isEqualTo(0.1);
        assertThat(poly.at(50)).isCloseTo(0.1 * Math.pow(0.5, 0.9), within(1e-12));
        assertThat(poly.at(100)).isEqualTo(1e-4);
        assertThat(poly.at(1_000_000)).isEqualTo(1e-4);
    }

    @Test
    void givenACosine_whenAskedAlongTheWay_thenItIsHalfWayInTheMiddle() {
        LearningRateSchedule cosine = LearningRateSchedule.cosine(0.2, 10, 0.1);

        assertThat(cosine.at(0)).isCloseTo(0.2, within(1e-12));
        assertThat(cosine.at(5)).isCloseTo(0.15, within(1e-12));
        assertThat(cosine.at(10)).isCloseTo(0.1, within(1e-12));
        assertThat(cosine.at(11)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void givenAWarmUp_whenAskedAlongTheWay_thenItRisesEvenlyFromMoreThanZero() {
        LearningRateSchedule warm = LearningRateSchedule.constant(1).withWarmUp(4);

        assertThat(warm.at(0)).isEqualTo(0.2);
        assertThat(warm.at(3)).isEqualTo(0.8);
        assertThat(warm.at(4)).isEqualTo(1);
    }

    @Test
    void givenNonsense_whenASchedulesIsMade_thenItIsRefused() {
        assertThatThrownBy(() -> LearningRateSchedule.constant(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LearningRateSchedule.constant(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LearningRateSchedule.poly(1, 0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LearningRateSchedule.constant(1).withWarmUp(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void givenAnySchedule_whenAskedAtAnyTime_thenItStaysBetweenZeroAndItsRate(
            @ForAll @DoubleRange(min = 0, max = 10) double rate,
            @ForAll @LongRange(min = 1, max = 100_000) long total,
            @ForAll @LongRange(min = 0, max = 1000) long warmUp,
            @ForAll @LongRange(min = 0, max = 200_000) long step) {
        assertThat(LearningRateSchedule.poly(rate, total, 0.9, 0)
                        .withWarmUp(warmUp)
                        .at(step))
                .isBetween(0.0, rate);
        assertThat(LearningRateSchedule.cosine(rate, total, 0)
                        .withWarmUp(warmUp)
                        .at(step))
                .isBetween(0.0, Math.nextUp(rate));
    }
}
