package dev.reflux.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.label.LabelMap;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassBalanceTest {

    // Class 0 has 7 pixels, class 1 has 1, class 2 none, and one is not labelled. With one more of each: 8, 2 and 1 of
    // 11.
    private static final LabelMap FRAME = new LabelMap(3, 3, new byte[] {0, 0, 0, 0, 1, 0, 0, (byte) 255, 0});

    @Test
    void givenNothingSeen_whenAsked_thenAllClassesWeighOne() {
        double[] weights = new ClassBalance(3, 0.5).weights();

        assertThat(weights).containsExactly(new double[] {1, 1, 1}, within(1e-12));
    }

    @Test
    void givenAFrame_whenCounted_thenClassesWeighByTheRootOfTheirParts() {
        ClassBalance balance = new ClassBalance(3, 0.5);

        balance.count(List.of(FRAME));

        double[] weights = balance.weights();
        assertThat(weights[1] / weights[0]).isCloseTo(2, within(1e-12)); // root of 8 over 2
        assertThat(weights[2] / weights[1]).isCloseTo(Math.sqrt(2), within(1e-12));
        assertThat((8 * weights[0] + 2 * weights[1] + weights[2]) / 11).isCloseTo(1, within(1e-12));
    }

    @Test
    void givenLabels_whenWeighed_thenEachPixelHasItsClasssWeightAndOneThatTeachesNothingNone() {
        ClassBalance balance = new ClassBalance(3, 1);
        balance.count(List.of(FRAME));
        FloatBuffer to = FloatBuffer.allocate(9);

        new GridWeights(List.of(FRAME), List.of(FRAME), balance.weights(), 0.5).writeTo(to);

        assertThat(to.get(7)).isZero();
        assertThat(to.get(4) / to.get(0)).isCloseTo(4, within(1e-6f));
        assertThat(to.get(8)).isEqualTo(to.get(0));
    }

    @Test
    void givenNoLabel_whenWeighed_thenEachPixelHasTheWeightOfTheTaughtClassTimesThatOfUnlabeledOnes() {
        ClassBalance balance = new ClassBalance(3, 1);
        balance.count(List.of(FRAME));
        FloatBuffer to = FloatBuffer.allocate(9);

        new GridWeights(List.of(FRAME), List.of(LabelMap.none().nearest(3, 3)), balance.weights(), 0.5).writeTo(to);

        assertThat(to.get(0)).isCloseTo((float) (0.5 * balance.weights()[0]), within(1e-6f));
    }

    @Test
    void givenAState_whenTakenOver_thenItGoesOnAlike() {
        ClassBalance first = new ClassBalance(3, 0.5);
        first.count(List.of(FRAME));
        ClassBalance second = new ClassBalance(3, 0.5);

        second.importState(first.exportState());

        assertThat(second.weights()).isEqualTo(first.weights());
    }

    @Test
    void givenNoState_whenTakenOver_thenItBeginsAnew() {
        ClassBalance balance = new ClassBalance(3, 0.5);
        balance.count(List.of(FRAME));

        balance.importState(null);

        assertThat(balance.weights()).isEqualTo(new ClassBalance(3, 0.5).weights());
    }
}
