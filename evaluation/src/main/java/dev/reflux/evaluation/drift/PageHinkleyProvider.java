package dev.reflux.evaluation.drift;

import dev.reflux.common.plugin.ProviderOptions;

/** Provides {@link PageHinkley}, the default detector, under the name {@code page-hinkley}, without options of its own. */
public final class PageHinkleyProvider implements DriftDetectorProvider {

    @Override
    public String name() {
        return "page-hinkley";
    }

    @Override
    public DriftDetector create(DriftSettings settings, ProviderOptions options) {
        options.requireOnly();
        return new PageHinkley(settings.delta(), settings.lambda(), settings.minimum());
    }
}
