package dev.reflux.examples.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.evaluation.drift.DriftDetector;
import dev.reflux.evaluation.drift.DriftDetectorProvider;
import dev.reflux.evaluation.drift.DriftSettings;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The detector is found by its name, finds a known change, and continues from its state. */
class EwmaChartTest {

    private static final int CHANGE_AT = 200;

    private static DriftDetector named() {
        return NamedProviders.require(DriftDetectorProvider.class, "ewma", "trainer.drift.detector")
                .create(new DriftSettings(0.05, 3, 12), ProviderOptions.none("trainer.drift.options"));
    }

    /** Values around 1, and around 2 after the change. */
    private static double value(Random random, int place) {
        return (place < CHANGE_AT ? 1 : 2) + 0.2 * random.nextGaussian();
    }

    /** Returns the place of the first drift, or -1. */
    private static int firstDrift(DriftDetector detector, Random random, int from, int to) {
        for (int i = from; i < to; i++) {
            if (detector.add(value(random, i))) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void givenAMeanThatRises_whenWatched_thenTheDriftIsFoundWithinAFewValues() {
        int found = firstDrift(named(), new Random(3), 0, 400);

        assertThat(found).isBetween(CHANGE_AT, CHANGE_AT + 5);
    }

    @Test
    void givenASteadyMean_whenWatched_thenNoDriftIsFound() {
        int found = firstDrift(named(), new Random(3), 0, CHANGE_AT);

        assertThat(found).isEqualTo(-1);
    }

    @Test
    void givenTheStateOfADetector_whenRestoredInAnother_thenItContinuesAsThatOne() {
        DriftDetector whole = named();
        firstDrift(whole, new Random(3), 0, 150);
        DriftDetector resumed = named();
        resumed.add(9);

        resumed.restore(whole.state());

        assertThat(firstDrift(resumed, new Random(4), 150, 400)).isEqualTo(firstDrift(whole, new Random(4), 150, 400));
        assertThat(resumed.state()).isEqualTo(whole.state());
    }

    @Test
    void givenTheJarOnTheClassPath_whenListed_thenTheDetectorIsBesideTheBuiltInOnes() {
        assertThat(NamedProviders.names(DriftDetectorProvider.class)).containsExactly("adwin", "ewma", "page-hinkley");
    }
}
