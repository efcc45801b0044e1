package dev.reflux.examples.drift;

import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.evaluation.drift.DriftDetector;
import dev.reflux.evaluation.drift.DriftDetectorProvider;
import dev.reflux.evaluation.drift.DriftSettings;

/**
 * Provides {@link EwmaChart} under the name {@code ewma}:
 *
 * <pre>
 * trainer:
 *   drift:
 *     detector: ewma
 *     options:
 *       weight: 0.2
 *       limit: 3
 * </pre>
 */
public final class EwmaChartProvider implements DriftDetectorProvider {

    private static final double WEIGHT = 0.2;
    private static final double LIMIT = 3;

    @Override
    public String name() {
        return "ewma";
    }

    @Override
    public DriftDetector create(DriftSettings settings, ProviderOptions options) {
        options.requireOnly("weight", "limit");
        return new EwmaChart(options.positive("weight", WEIGHT), options.positive("limit", LIMIT), settings.minimum());
    }
}
