package dev.reflux.cli.options;

import dev.reflux.datasets.LabelSchedule;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that hold labels back from a data set. Confined to the thread of the command. */
public final class LabelOptions {

    @Option(
            names = "--label-every",
            paramLabel = "N",
            defaultValue = "1",
            description = "Push the label of every N-th frame of each camera, beginning with the first, and the other"
                    + " frames without one; 0 pushes no label (default: ${DEFAULT-VALUE}, all labels).")
    private long every;

    @Option(
            names = "--labels-later",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Push a frame without its label first, and again with it when its camera has a frame that was"
                    + " captured so many seconds later, or at the end; 0 pushes both at once (default).")
    private long later;

    /**
     * Returns which frames have their label, and when.
     *
     * @throws dev.reflux.common.failure.UsageException if a number is negative
     */
    public LabelSchedule schedule() {
        return new LabelSchedule(every, Duration.ofSeconds(later));
    }
}
