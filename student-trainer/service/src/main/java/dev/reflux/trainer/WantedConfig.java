package dev.reflux.trainer;

import dev.reflux.common.config.AtLeast;
import dev.reflux.common.config.Description;
import dev.reflux.common.config.Range;
import io.smallrye.config.WithDefault;

/** Settings of which frames deserve a label: {@code trainer.wanted}. Immutable and thread-safe. */
public interface WantedConfig {

    @Description(
            "Whether the frames without a label are scored, and the best of them written to the topic labels.wanted.")
    @WithDefault("true")
    boolean enabled();

    @Description("Frames without a label that form a window, out of which the best are chosen.")
    @WithDefault("32")
    @Range(min = 1, max = 1024)
    @AtLeast("trainer.wanted.labels")
    int everyFrames();

    @Description("Frames that are chosen out of each window: so many labels are asked for at most.")
    @WithDefault("1")
    @Range(min = 1)
    int labels();
}
