package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.evaluation.drift.DriftDetector;
import dev.reflux.evaluation.drift.DriftDetectorProvider;
import dev.reflux.evaluation.drift.DriftSettings;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossProvider;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.UnlabeledCells;
import dev.reflux.trainer.replay.BoundedReplay;
import dev.reflux.trainer.replay.ReplayProvider;

/**
 * The parts that a configuration selects by name among the providers on the class path.
 *
 * @param loss the settings of the loss
 * @param replay an empty replay buffer
 * @param drift a drift detector that has seen nothing
 */
record TrainerPlugins(DistillationMethod loss, BoundedReplay replay, DriftDetector drift) {

    /** @throws UsageException if a name is unknown, or an option of a provider is unknown or out of range */
    static TrainerPlugins of(TrainerConfig config) {
        return new TrainerPlugins(loss(config.loss()), replay(config.learning()), drift(config.drift()));
    }

    static DistillationMethod loss(TrainerConfig.Loss loss) {
        LossSettings configured = new LossSettings(
                loss.kd(),
                loss.hakd(),
                loss.projection(),
                loss.tau(),
                loss.kemAxis(),
                loss.kmm(),
                loss.kem(),
                loss.kemTau(),
                new UnlabeledCells(
                        loss.unlabeled().ce(),
                        loss.unlabeled().kd(),
                        loss.unlabeled().hakd()));
        return NamedProviders.require(LossProvider.class, loss.method(), "trainer.loss.method")
                .method(configured, new ProviderOptions("trainer.loss.options", loss.options()));
    }

    private static BoundedReplay replay(LearningConfig learning) {
        ReplayProvider provider =
                NamedProviders.require(ReplayProvider.class, learning.replay(), "trainer.learning.replay");
        return new BoundedReplay(
                "replay",
                capacity -> provider.create(
                        capacity, new ProviderOptions("trainer.learning.replay-options", learning.replayOptions())),
                learning.replayCapacity(),
                HeapShares.ofThisJvm().replay());
    }

    private static DriftDetector drift(TrainerConfig.Drift drift) {
        return NamedProviders.require(DriftDetectorProvider.class, drift.detector(), "trainer.drift.detector")
                .create(
                        new DriftSettings(drift.delta(), drift.lambda(), drift.minimum()),
                        new ProviderOptions("trainer.drift.options", drift.options()));
    }
}
