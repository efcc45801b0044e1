package dev.reflux.trainer.replay;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.plugin.NamedProvider;
import dev.reflux.common.plugin.ProviderOptions;

/**
 * Makes a replay policy from a configuration: {@code trainer.learning.replay} names the provider. A jar on the class path
 * adds a policy by a file {@code META-INF/services/dev.reflux.trainer.replay.ReplayProvider} with the class name of its
 * provider.
 *
 * <ol>
 *   <li>Each call makes a new, empty buffer.
 *   <li>{@link #create} reads nothing but its arguments and starts nothing.
 * </ol>
 *
 * Any thread.
 */
public interface ReplayProvider extends NamedProvider {

    /**
     * Creates an empty buffer.
     *
     * @param capacity the largest number of samples, 0 or more
     * @param options the provider's own settings, {@code trainer.learning.replay-options.*}
     * @throws UsageException if an option is unknown or out of range
     */
    ReplayBuffer create(int capacity, ProviderOptions options);
}
