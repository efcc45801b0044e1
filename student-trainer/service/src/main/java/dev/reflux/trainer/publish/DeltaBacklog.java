package dev.reflux.trainer.publish;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.store.ModelRegistry;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the delta from each version of a model to the next one.
 *
 * <ol>
 *   <li>A version whose delta fails holds up no other version: the delta is tried again at later runs, a limited number of
 *       times, and then left out. Vehicles then pull the whole version.
 *   <li>A new backlog begins with the newest version, because the trainer before it may have ended before that delta.
 * </ol>
 *
 * One thread at a time.
 */
final class DeltaBacklog {

    private static final Logger LOG = LoggerFactory.getLogger(DeltaBacklog.class);

    /** The number of times that a failing delta is tried. */
    static final int ATTEMPTS = 3;

    private final ModelRegistry registry;
    private final String model;
    private final SortedMap<Long, Integer> attempts = new TreeMap<>();
    private long seen;

    DeltaBacklog(ModelRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
    }

    /** Makes the deltas that are missing up to the newest version. */
    void run() {
        long newest = registry.reader()
                .current(model, AliasNames.LATEST)
                .map(AliasChange::newest)
                .orElse(0L);
        for (long to = seen == 0 ? newest : seen + 1; to <= newest; to++) {
            attempts.put(to, 0);
        }
        seen = Math.max(seen, newest);
        for (long to : List.copyOf(attempts.keySet())) {
            tryDelta(to);
        }
    }

    private void tryDelta(long to) {
        try {
            if (registry.reader().resolve(model, String.valueOf(to)).isPresent()
                    && registry.reader().resolve(model, String.valueOf(to - 1)).isPresent()) {
                registry.deltas().add(model, to - 1, to);
            }
            attempts.remove(to);
        } catch (RuntimeException e) {
            int failed = attempts.merge(to, 1, Integer::sum);
            if (failed == ATTEMPTS) {
                attempts.remove(to);
                LOG.warn(
                        "The delta from version {} to version {} of {} failed {} times and is left out; vehicles pull the"
                                + " whole version: {}",
                        to - 1,
                        to,
                        model,
                        ATTEMPTS,
                        e.getMessage());
            } else {
                LOG.warn(
                        "The delta from version {} to version {} of {} failed and is tried again later: {}",
                        to - 1,
                        to,
                        model,
                        e.getMessage());
            }
        }
    }
}
