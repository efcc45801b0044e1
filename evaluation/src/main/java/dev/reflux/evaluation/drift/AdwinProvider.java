package dev.reflux.evaluation.drift;

import dev.reflux.common.plugin.ProviderOptions;

/**
 * Provides {@link Adwin} under the name {@code adwin}. Its option {@code confidence} is the probability of a false alarm at
 * each value, 0.002 by default. Of the common settings it uses the minimum, as the number of values on either side of a cut.
 */
public final class AdwinProvider implements DriftDetectorProvider {

    private static final double CONFIDENCE = 0.002;

    @Override
    public String name() {
        return "adwin";
    }

    @Override
    public DriftDetector create(DriftSettings settings, ProviderOptions options) {
        options.requireOnly("confidence");
        return new Adwin(options.positive("confidence", CONFIDENCE), settings.minimum());
    }
}
