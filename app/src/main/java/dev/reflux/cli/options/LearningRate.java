package dev.reflux.cli.options;

import dev.reflux.common.failure.UsageException;
import picocli.CommandLine.Option;

/** The option of the learning rate. Its default is the trainer's. */
public final class LearningRate {

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            defaultValue = "0.002",
            description = "Learning rate of AdamW; a student that starts from ImageNet needs a lower one, such as 0.001"
                    + " (default: ${DEFAULT-VALUE}).")
    private double rate;

    /**
     * Returns the learning rate.
     *
     * @throws UsageException if it is not a number above 0
     */
    public double value() {
        if (!(rate > 0) || !Double.isFinite(rate)) {
            throw new UsageException("--learning-rate is " + rate + "; give a number above 0.");
        }
        return rate;
    }
}
