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
 * Looks at the store now and then: whether it answers, and where every alias points. {@link #look} belongs on a worker;
 * everything else may be asked from any thread.
 */
final class StoreLook {

    private static final Duration LOOP_IS_DEAD_AFTER = Duration.ofSeconds(60);

    private record Alias(String model, String name) {}

    private final ModelRegistry registry;
    private final Meters meters;
    private final Map<Alias, Long> versions = new ConcurrentHashMap<>();
    private final AtomicReference<Optional<String>> complaint =
            new AtomicReference<>(Optional.of("The store has not answered yet."));
    private final AtomicReference<Instant> loopTurned = new AtomicReference<>(Instant.now());

    StoreLook(ModelRegistry registry, Meters meters) {
        this.registry = registry;
        this.meters = meters;
    }

    /** The event loop came round. */
    void turned() {
        loopTurned.set(Instant.now());
    }

    /** Asks the store; blocks. */
    boolean look() {
        for (String model : registry.catalog().models()) {
            registry.catalog().aliases(model).forEach((name, version) -> point(new Alias(model, name), version));
        }
        return true;
    }

    private void point(Alias alias, long version) {
        if (versions.put(alias, version) == null) {
            meters.gauge(Meter.REGISTRY_VERSION, () -> versions.getOrDefault(alias, 0L), alias.model(), alias.name());
        }
    }

    /** What came of a look: null when it went well. */
    void looked(@org.jspecify.annotations.Nullable Throwable cause) {
        complaint.set(cause == null ? Optional.empty() : Optional.of(String.valueOf(cause.getMessage())));
    }

    /** Whether requests can be answered. */
    Check readiness() {
        return Check.of("store", complaint::get);
    }

    /** Whether the event loop turns. */
    Check liveness() {
        return Check.of("event loop", () -> {
            Duration silent = Duration.between(loopTurned.get(), Instant.now());
            return silent.compareTo(LOOP_IS_DEAD_AFTER) > 0
                    ? Optional.of("The event loop has not turned for " + silent.toSeconds() + " s.")
                    : Optional.empty();
        });
    }
}
