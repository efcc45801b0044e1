package dev.reflux.trainer.distillation;

import dev.reflux.common.plugin.ProviderOptions;

/** Provides HeteroAKD, the default loss, under the name {@code heteroakd}. All its settings are {@code trainer.loss.*}. */
public final class HeteroAkdProvider implements LossProvider {

    @Override
    public String name() {
        return "heteroakd";
    }

    @Override
    public DistillationMethod method(LossSettings configured, ProviderOptions options) {
        options.requireOnly();
        return configured;
    }
}
