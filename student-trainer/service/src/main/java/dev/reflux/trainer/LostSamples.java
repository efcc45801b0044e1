package dev.reflux.trainer;

import dev.reflux.trainer.checkpoint.TrainerState;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the samples that retention removed from the topic before they were read, and remembers the newest gaps. The
 * training thread only.
 */
final class LostSamples {

    /** The number of gaps that a checkpoint names; older ones are only counted. */
    static final int REMEMBERED = 64;

    private static final Logger LOG = LoggerFactory.getLogger(LostSamples.class);

    private final String topic;
    private final TrainerGauges gauges;
    private final Deque<TrainerState.Gap> newestLast = new ArrayDeque<>();
    private long count;

    LostSamples(String topic, TrainerGauges gauges) {
        this.topic = topic;
        this.gauges = gauges;
    }

    void add(TrainerState.Gap gap) {
        LOG.warn(
                "Retention removed up to {} samples of {}-{} (offsets {} to {}) before they were read: no version learns"
                        + " from them, and training goes on behind them; raise the topic's retention.ms or lower"
                        + " trainer.learning.updates.",
                gap.to() - gap.from(),
                topic,
                gap.partition(),
                gap.from(),
                gap.to() - 1);
        count += gap.to() - gap.from();
        gauges.lost(gap.to() - gap.from());
        remember(gap);
    }

    private void remember(TrainerState.Gap gap) {
        newestLast.addLast(gap);
        if (newestLast.size() > REMEMBERED) {
            newestLast.removeFirst();
        }
    }

    long count() {
        return count;
    }

    List<TrainerState.Gap> gaps() {
        return List.copyOf(newestLast);
    }

    void restore(long lost, Collection<TrainerState.Gap> gaps) {
        count = lost;
        gauges.lost(lost);
        gaps.forEach(this::remember);
    }
}
