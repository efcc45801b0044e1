package dev.reflux.lab.rivals;

import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossProvider;
import dev.reflux.trainer.distillation.LossSettings;

/**
 * Provides {@link StructuredPairs} under the name {@code skd}, with the options {@code pixel}, {@code pair}, {@code tau} and
 * {@code pool}.
 */
public final class StructuredPairsProvider implements LossProvider {

    @Override
    public String name() {
        return "skd";
    }

    @Override
    public DistillationMethod method(LossSettings configured, ProviderOptions options) {
        options.requireOnly("pixel", "pair", "tau", "pool");
        StructuredPairs published = StructuredPairs.asPublished();
        return new StructuredPairs(
                options.positive("pixel", published.pixel()),
                options.positive("pair", published.pair()),
                options.positive("tau", published.tau()),
                options.count("pool", published.pool()),
                published.projection());
    }
}
