package dev.reflux.trainer.replay;

import dev.reflux.common.plugin.ProviderOptions;

/** Provides {@link ReservoirReplay} under the name {@code reservoir}, without options. */
public final class ReservoirReplayProvider implements ReplayProvider {

    @Override
    public String name() {
        return "reservoir";
    }

    @Override
    public ReplayBuffer create(int capacity, ProviderOptions options) {
        options.requireOnly();
        return new ReservoirReplay(capacity);
    }
}
