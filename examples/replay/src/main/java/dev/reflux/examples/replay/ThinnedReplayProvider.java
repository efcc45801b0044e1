package dev.reflux.examples.replay;

import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReplayProvider;

/**
 * Provides {@link ThinnedReplay} under the name {@code thinned}:
 *
 * <pre>
 * trainer:
 *   learning:
 *     replay: thinned
 *     replay-options:
 *       every: 10
 * </pre>
 */
public final class ThinnedReplayProvider implements ReplayProvider {

    private static final int EVERY = 10;

    @Override
    public String name() {
        return "thinned";
    }

    @Override
    public ReplayBuffer create(int capacity, ProviderOptions options) {
        options.requireOnly("every");
        return new ThinnedReplay(capacity, options.count("every", EVERY));
    }
}
