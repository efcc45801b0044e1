package dev.reflux.examples.loss;

import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossProvider;
import dev.reflux.trainer.distillation.LossSettings;

/**
 * Provides {@link LogitMatching} under the name {@code logit-matching}:
 *
 * <pre>
 * trainer:
 *   loss:
 *     method: logit-matching
 *     options:
 *       weight: 0.1
 * </pre>
 */
public final class LogitMatchingProvider implements LossProvider {

    private static final double WEIGHT = 0.1;

    @Override
    public String name() {
        return "logit-matching";
    }

    @Override
    public DistillationMethod method(LossSettings configured, ProviderOptions options) {
        options.requireOnly("weight");
        return new LogitMatching(options.positive("weight", WEIGHT));
    }
}
