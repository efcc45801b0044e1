package dev.reflux.trainer.replay;

import dev.reflux.common.plugin.ProviderOptions;

/** Provides {@link BalancedReplay} under the name {@code balanced}, without options. */
public final class BalancedReplayProvider implements ReplayProvider {

    @Override
    public String name() {
        return "balanced";
    }

    @Override
    public ReplayBuffer create(int capacity, ProviderOptions options) {
        options.requireOnly();
        return new BalancedReplay(capacity);
    }
}
