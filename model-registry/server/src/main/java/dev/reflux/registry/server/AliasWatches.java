package dev.reflux.registry.server;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.store.ModelRegistry;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who waits for an alias to move. However many wait for the same one, the store is asked once a turn. The event loop's
 * thread only.
 */
final class AliasWatches {

    private static final Logger LOG = LoggerFactory.getLogger(AliasWatches.class);

    /** What is watched. */
    record Name(String model, String alias) {}

    /** One who waits. */
    interface Taker {

        /** The alias has moved. */
        void moved(AliasChange change);

        /** Nothing more will be told here. */
        void ended();
    }

    private static final class Watch {
        private final Set<Taker> waiting = new LinkedHashSet<>();
        private long told;
        private boolean asking;
    }

    private final Context loop;
    private final ModelRegistry registry;
    private final Map<Name, Watch> watches = new HashMap<>();
    private final AtomicInteger watchers = new AtomicInteger();
    private boolean ended;

    AliasWatches(Context loop, ModelRegistry registry) {
        this.loop = loop;
        this.registry = registry;
    }

    /** How many wait. Any thread. */
    int watchers() {
        return watchers.get();
    }

    /**
     * Adds one who waits.
     *
     * @param known number of the change that it knows
     * @param taker is told of each later change, until it is removed
     */
    void add(Name name, long known, Taker taker) {
        if (ended) {
            taker.ended();
            return;
        }
        Watch watch = watches.computeIfAbsent(name, k -> new Watch());
        // Told less than the newcomer knows, or nothing yet: the next turn tells everybody what is new to them.
        watch.told = watch.waiting.isEmpty() ? known : Math.min(watch.told, known);
        if (watch.waiting.add(taker)) {
            watchers.incrementAndGet();
        }
    }

    void remove(Name name, Taker taker) {
        Watch watch = watches.get(name);
        if (watch != null && watch.waiting.remove(taker)) {
            watchers.decrementAndGet();
            if (watch.waiting.isEmpty()) {
                watches.remove(name);
            }
        }
    }

    /** Asks the store once for each name. */
    void turn() {
        watches.forEach((name, watch) -> {
            if (!watch.asking) {
                watch.asking = true;
                loop.executeBlocking(() -> registry.reader().current(name.model(), name.alias()), false)
                        .onComplete(asked -> {
                            watch.asking = false;
                            if (asked.succeeded()) {
                                tell(watch, asked.result());
                            } else {
                                LOG.warn(
                                        "Where {} of {} points cannot be told: {}",
                                        name.alias(),
                                        name.model(),
                                        asked.cause().getMessage());
                            }
                        });
            }
        });
    }

    /** Sends everybody away, those too who still come; they come again, to whoever serves then. */
    void end() {
        ended = true;
        List<Taker> everybody = new ArrayList<>();
        watches.values().forEach(watch -> everybody.addAll(watch.waiting));
        everybody.forEach(Taker::ended);
    }

    private static void tell(Watch watch, Optional<AliasChange> now) {
        if (now.isPresent() && now.get().number() > watch.told) {
            watch.told = now.get().number();
            List<Taker> everybody = new ArrayList<>(watch.waiting);
            everybody.forEach(taker -> taker.moved(now.get()));
        }
    }
}
