package dev.reflux.trainer.distillation;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.plugin.NamedProvider;
import dev.reflux.common.plugin.ProviderOptions;

/**
 * Makes a loss from a configuration: {@code trainer.loss.method} names the provider. A jar on the class path adds a loss by
 * a file {@code META-INF/services/dev.reflux.trainer.distillation.LossProvider} with the class name of its provider.
 *
 * <ol>
 *   <li>The same arguments give equal methods.
 *   <li>{@link #method} reads nothing but its arguments and starts nothing.
 * </ol>
 *
 * Any thread.
 */
public interface LossProvider extends NamedProvider {

    /**
     * Creates the settings of the loss.
     *
     * @param configured the built-in terms as {@code trainer.loss.*} sets them
     * @param options the provider's own settings, {@code trainer.loss.options.*}
     * @throws UsageException if an option is unknown or out of range
     */
    DistillationMethod method(LossSettings configured, ProviderOptions options);
}
