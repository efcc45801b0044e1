package dev.reflux.trainer.loop;

import dev.reflux.trainer.ingest.SampleReference;
import java.util.Set;

/**
 * How far the samples of a window are trusted. Immutable.
 *
 * @param teacher whether the teacher's terms of the loss are used
 * @param notReplayed the samples that are trained on now and not offered to replay
 */
public record WindowTrust(boolean teacher, Set<SampleReference> notReplayed) {

    /** Everything is trusted. */
    public static final WindowTrust FULL = new WindowTrust(true, Set.of());

    public WindowTrust {
        notReplayed = Set.copyOf(notReplayed);
    }
}
