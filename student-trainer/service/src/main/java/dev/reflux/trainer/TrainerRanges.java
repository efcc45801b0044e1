package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import java.util.ArrayList;
import java.util.List;

/** Checks the ranges of all numbers of a configuration, and names all that are out of range in one error. */
final class TrainerRanges {

    private final List<String> mistakes = new ArrayList<>();

    private TrainerRanges() {}

    /** @throws UsageException if a number is out of range */
    static void require(TrainerConfig config) {
        TrainerRanges ranges = new TrainerRanges();
        ranges.kafka(config);
        ranges.checkpoint(config.checkpoint());
        ranges.learning(config.learning());
        ranges.drift(config.drift());
        ranges.loss(config.loss());
        ranges.atLeast(0, config.health().port(), "health.port");
        config.compute().threads().ifPresent(threads -> ranges.atLeast(1, threads, "compute.threads"));
        ranges.requireNone();
    }

    private void kafka(TrainerConfig config) {
        atLeast(2L * Math.max(1, config.learning().newFrames()), config.kafka().queue(), "kafka.queue");
        atLeast(0, config.kafka().topicsWithin().toNanos(), "kafka.topics-within");
    }

    private void checkpoint(TrainerConfig.Checkpoint checkpoint) {
        atLeast(1, checkpoint.everyFrames(), "checkpoint.every-frames");
        atLeast(1, checkpoint.publishEveryFrames(), "checkpoint.publish-every-frames");
    }

    private void learning(TrainerConfig.Learning learning) {
        atLeast(1, learning.newFrames(), "learning.new-frames");
        atLeast(0, learning.replayedFrames(), "learning.replayed-frames");
        atLeast(1, learning.updates(), "learning.updates");
        within(
                learning.goodEnough() > 0 && learning.goodEnough() <= 1,
                learning.goodEnough(),
                "learning.good-enough",
                "(0, 1]");
        atLeast(0, learning.linger().toNanos(), "learning.linger");
        atLeast(0, learning.replayCapacity(), "learning.replay-capacity");
        within(
                learning.holdoutFraction() >= 0 && learning.holdoutFraction() < 1,
                learning.holdoutFraction(),
                "learning.holdout-fraction",
                "[0, 1)");
        atLeast(0, learning.holdoutCapacity(), "learning.holdout-capacity");
        atLeast(1, learning.duplicateWindow(), "learning.duplicate-window");
        atLeast(0, learning.warmUpFrames(), "learning.warm-up-frames");
        above(0, learning.learningRate(), "learning.learning-rate");
        atLeast(0, learning.learningRateWarmUp(), "learning.learning-rate-warm-up");
        atLeast(0.0, learning.weightDecay(), "learning.weight-decay");
        above(0, learning.clipNorm(), "learning.clip-norm");
        within(
                learning.emaDecay() >= 0 && learning.emaDecay() < 1,
                learning.emaDecay(),
                "learning.ema-decay",
                "[0, 1)");
        within(
                learning.photometric() >= 0 && learning.photometric() <= 1,
                learning.photometric(),
                "learning.photometric",
                "[0, 1]");
        within(
                learning.prequentialFading() > 0 && learning.prequentialFading() <= 1,
                learning.prequentialFading(),
                "learning.prequential-fading",
                "(0, 1]");
        atLeast(0.0, learning.consistency(), "learning.consistency");
        within(
                learning.classBalance() >= 0 && learning.classBalance() <= 1,
                learning.classBalance(),
                "learning.class-balance",
                "[0, 1]");
    }

    private void drift(TrainerConfig.Drift drift) {
        atLeast(0.0, drift.delta(), "drift.delta");
        above(0, drift.lambda(), "drift.lambda");
        atLeast(1, drift.minimum(), "drift.minimum");
        above(0, drift.boost(), "drift.boost");
        atLeast(1, drift.boostSteps(), "drift.boost-steps");
    }

    private void loss(TrainerConfig.Loss loss) {
        atLeast(0.0, loss.kd(), "loss.kd");
        atLeast(0.0, loss.hakd(), "loss.hakd");
        atLeast(0.0, loss.projection(), "loss.projection");
        above(0, loss.tau(), "loss.tau");
        above(0, loss.kemTau(), "loss.kem-tau");
    }

    private void atLeast(long least, long value, String key) {
        if (value < least) {
            mistakes.add("trainer." + key + " is " + value + " and must be at least " + least);
        }
    }

    private void atLeast(double least, double value, String key) {
        if (!(value >= least)) {
            mistakes.add("trainer." + key + " is " + value + " and must be at least " + least);
        }
    }

    private void above(double bound, double value, String key) {
        if (!(value > bound)) {
            mistakes.add("trainer." + key + " is " + value + " and must be above " + bound);
        }
    }

    private void within(boolean inside, double value, String key, String range) {
        if (!inside) {
            mistakes.add("trainer." + key + " is " + value + " and must be in " + range);
        }
    }

    private void requireNone() {
        if (!mistakes.isEmpty()) {
            throw new UsageException("The trainer's configuration has mistakes: " + String.join("; ", mistakes) + ".");
        }
    }
}
