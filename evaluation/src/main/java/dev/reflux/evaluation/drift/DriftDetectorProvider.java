package dev.reflux.evaluation.drift;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.plugin.NamedProvider;
import dev.reflux.common.plugin.ProviderOptions;

/**
 * Makes a drift detector from a configuration: {@code trainer.drift.detector} names the provider. A jar on the class path
 * adds a detector by a file {@code META-INF/services/dev.reflux.evaluation.drift.DriftDetectorProvider} with the class name
 * of its provider.
 *
 * <ol>
 *   <li>Each call makes a new detector that has seen nothing.
 *   <li>{@link #create} reads nothing but its arguments and starts nothing.
 * </ol>
 *
 * Any thread.
 */
public interface DriftDetectorProvider extends NamedProvider {

    /**
     * Creates a detector.
     *
     * @param settings the settings that detectors have in common
     * @param options the provider's own settings, {@code trainer.drift.options.*}
     * @throws UsageException if an option is unknown or out of range
     */
    DriftDetector create(DriftSettings settings, ProviderOptions options);
}
