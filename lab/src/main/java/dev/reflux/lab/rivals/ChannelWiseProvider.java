package dev.reflux.lab.rivals;

import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossProvider;
import dev.reflux.trainer.distillation.LossSettings;

/** Provides {@link ChannelWise} under the name {@code cwd}, with the options {@code weight} and {@code tau}. */
public final class ChannelWiseProvider implements LossProvider {

    @Override
    public String name() {
        return "cwd";
    }

    @Override
    public DistillationMethod method(LossSettings configured, ProviderOptions options) {
        options.requireOnly("weight", "tau");
        ChannelWise published = ChannelWise.asPublished();
        return new ChannelWise(
                options.positive("weight", published.weight()),
                options.positive("tau", published.tau()),
                published.projection());
    }
}
