package dev.reflux.registry.server;

import dev.reflux.common.health.Check;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import dev.reflux.registry.store.ModelRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Health of the server: reads every alias at intervals, which shows whether the store answers and measures the version of
 * each alias. {@link #check} belongs on the event loop; any thread may call everything else.
 */
final class StoreMonitor {

    private static final Duration LOOP_IS_DEAD_AFTER = Duration.ofSeconds(60);

    private final ModelRegistry registry;
    private final StoreQueries queries;
    private final Meters meters;
    private final Map<AliasSubscriptions.Name, Long> versions = new ConcurrentHashMap<>();
    private final AtomicReference<Optional<String>> complaint =
            new AtomicReference<>(Optional.of("The store has not answered yet."));
    private final AtomicReference<Instant> loopTurned = new AtomicReference<>(Instant.now());
    private boolean reading;

    StoreMonitor(ModelRegistry registry, StoreQueries queries, Meters meters) {
        this.registry = registry;
        this.queries = queries;
        this.meters = meters;
    }

    /** Reads every alias, unless the read before is still under way. */
    void check() {
        loopTurned.set(Instant.now());
        if (reading) {
            return;
        }
        reading = true;
        queries.run(this::readAliases).onComplete(read -> {
            reading = false;
            complaint.set(Optional.ofNullable(read.cause()).map(cause -> String.valueOf(cause.getMessage())));
        });
    }

    private boolean readAliases() {
        for (String model : registry.catalog().models()) {
            registry.catalog()
                    .aliases(model)
                    .forEach((alias, version) -> measure(new AliasSubscriptions.Name(model, alias), version));
        }
        return true;
    }

    private void measure(AliasSubscriptions.Name name, long version) {
        if (versions.put(name, version) == null) {
            meters.gauge(Meter.REGISTRY_VERSION, () -> versions.getOrDefault(name, 0L), name.model(), name.alias());
        }
    }

    /** Returns the check of whether the store answers. */
    Check readiness() {
        return Check.of("store", complaint::get);
    }

    /** Returns the check of whether the event loop turns. */
    Check liveness() {
        return Check.of("event loop", () -> {
            Duration silent = Duration.between(loopTurned.get(), Instant.now());
            return silent.compareTo(LOOP_IS_DEAD_AFTER) > 0
                    ? Optional.of("The event loop has not turned for " + silent.toSeconds() + " s.")
                    : Optional.empty();
        });
    }
}
