package dev.reflux.trainer.publish;

import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.store.ModelRegistry;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the delta from each version of a model to the next one.
 *
 * <ol>
 *   <li>A version whose delta fails holds up no other version: its delta is tried again at later runs, {@value #ATTEMPTS}
 *       times in all, and then left out. Vehicles then pull the whole version.
 *   <li>A store that is busy, silent or away is no failure of a delta: it is tried again until the store answers.
 *   <li>A new backlog begins with the newest version, because the trainer before it may have ended before that delta.
 * </ol>
 *
 * One thread at a time.
 */
public final class DeltaBacklog implements Runnable {

    /** The number of times that a failing delta is tried. */
    static final int ATTEMPTS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(DeltaBacklog.class);

    private final String model;
    private final LongSupplier newest;
    private final DeltaWork work;
    private final SortedMap<Long, Integer> failures = new TreeMap<>();
    private long seen;

    /** Makes one delta. */
    interface DeltaWork {

        /** Makes the delta from version {@code to} - 1, unless one of the two versions no longer exists. */
        void make(long to);
    }

    /**
     * @param newest the number of the newest version; 0 if there is none
     * @param work makes one delta
     */
    DeltaBacklog(String model, LongSupplier newest, DeltaWork work) {
        this.model = model;
        this.newest = newest;
        this.work = work;
    }

    /** Creates the backlog of a model in a registry. */
    public static DeltaBacklog of(ModelRegistry registry, String model) {
        return new DeltaBacklog(model, () -> newest(registry, model), to -> make(registry, model, to));
    }

    private static long newest(ModelRegistry registry, String model) {
        return registry.reader()
                .current(model, AliasNames.LATEST)
                .map(AliasChange::newest)
                .orElse(0L);
    }

    private static void make(ModelRegistry registry, String model, long to) {
        boolean bothExist = registry.reader().resolve(model, String.valueOf(to)).isPresent()
                && registry.reader().resolve(model, String.valueOf(to - 1)).isPresent();
        if (bothExist) {
            registry.deltas().add(model, to - 1, to);
        }
    }

    /** Makes the deltas that are missing up to the newest version. */
    @Override
    public void run() {
        long last = newest.getAsLong();
        for (long to = Math.max(1, seen == 0 ? last : seen + 1); to <= last; to++) {
            failures.put(to, 0);
        }
        seen = Math.max(seen, last);
        List.copyOf(failures.keySet()).forEach(this::tryDelta);
    }

    private void tryDelta(long to) {
        try {
            work.make(to);
            failures.remove(to);
        } catch (StoreException e) {
            if (e.passing()) {
                LOG.warn("The delta of {} to version {} waits for the store: {}", model, to, e.getMessage());
            } else {
                failed(to, e);
            }
        } catch (RuntimeException e) {
            failed(to, e);
        }
    }

    private void failed(long to, RuntimeException cause) {
        int count = failures.merge(to, 1, Integer::sum);
        if (count < ATTEMPTS) {
            LOG.warn("The delta of {} to version {} failed and is tried again: {}", model, to, cause.getMessage());
        } else {
            failures.remove(to);
            LOG.warn(
                    "The delta of {} to version {} failed {} times and is left out; vehicles pull the whole version: {}",
                    model,
                    to,
                    count,
                    cause.getMessage());
        }
    }
}
