package dev.reflux.trainer.replay;

import dev.reflux.common.plugin.ProviderOptions;

/** Provides {@link FifoReplay} under the name {@code fifo}, without options. */
public final class FifoReplayProvider implements ReplayProvider {

    @Override
    public String name() {
        return "fifo";
    }

    @Override
    public ReplayBuffer create(int capacity, ProviderOptions options) {
        options.requireOnly();
        return new FifoReplay(capacity);
    }
}
