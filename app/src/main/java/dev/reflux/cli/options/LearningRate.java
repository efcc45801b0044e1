package dev.reflux.cli.options;

import dev.reflux.common.failure.UsageException;
import picocli.CommandLine.Option;

/** How fast a student learns; without a word as fast as the trainer's default. */
public final class LearningRate {

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            defaultValue = "0.002",
            description = "AdamW's, for the student; one that starts from ImageNet wants a lower one, such as 0.001"
                    + " (default: ${DEFAULT-VALUE}).")
    private double rate;

    /** @throws UsageException when no student could learn by it */
    public double value() {
        if (!(rate > 0) || !Double.isFinite(rate)) {
            throw new UsageException("--learning-rate is " + rate + "; give a number above 0.");
        }
        return rate;
    }
}
