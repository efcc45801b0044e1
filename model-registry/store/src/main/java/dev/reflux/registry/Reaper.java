package dev.reflux.registry;

import dev.reflux.registry.store.ObjectStore;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes versions that a policy does not keep, and files that nothing names.
 *
 * <ol>
 *   <li>Never a file that a manifest names, never what an alias points at, never the newest version.
 *   <li>A removed version leaves its manifest behind under removed/, so that a removal can be told from a loss.
 *   <li>Killed at any point, what is left is a registry in order, and the next reaper finishes.
 * </ol>
 *
 * A file may be forgotten or be about to be published. Since every publication names its files anew, gives up after half
 * the grace, and a file's age is counted from its put, one that is over the grace is forgotten.
 */
final class Reaper {

    private final ObjectStore store;
    private final ModelRegistry registry;
    private final Clock clock;
    private final String model;

    Reaper(ObjectStore store, ModelRegistry registry, Clock clock, String model) {
        this.store = store;
        this.registry = registry;
        this.clock = clock;
        this.model = model;
    }

    ReapReport reap(RetentionPolicy policy, boolean dryRun) {
        NumberedLog versions = ModelRegistry.versionLog(store, model);
        List<Long> numbers = versions.numbers();
        long highest = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        Set<Long> named = new HashSet<>(registry.aliases(model).values());
        List<Long> removed = new ArrayList<>();
        for (long number : numbers) {
            if (!policy.keeps(number, highest) && !named.contains(number) && (dryRun || remove(versions, number))) {
                removed.add(number);
            }
        }
        if (!dryRun) {
            removeDeltas(versions);
        }
        // The list of files comes first: whatever a manifest names by the time we look was named, or is young.
        List<ObjectStore.Listed> files = store.list(model + "/blobs/");
        Set<String> used = used(dryRun ? Set.copyOf(removed) : Set.of());
        Instant before = clock.instant().minus(policy.grace());
        int count = 0;
        long bytes = 0;
        for (ObjectStore.Listed file : files) {
            if (!used.contains(file.key()) && file.modified().isBefore(before)) {
                if (!dryRun) {
                    store.delete(file.key());
                }
                count++;
                bytes += file.bytes();
            }
        }
        return new ReapReport(removed, count, bytes);
    }

    private boolean remove(NumberedLog versions, long number) {
        NumberedLog removed = removedLog(store, model);
        Optional<byte[]> manifest = versions.read(number);
        if (manifest.isEmpty()) {
            return false;
        }
        store.create(removed.key(number), manifest.get());
        store.delete(versions.key(number));
        // Somebody may have pointed an alias at it meanwhile; who does so looks at the manifest afterwards, as we look
        // at the aliases: one of us sees the other.
        if (registry.aliases(model).containsValue(number)) {
            versions.create(number, manifest.get());
            store.delete(removed.key(number));
            return false;
        }
        return true;
    }

    static NumberedLog removedLog(ObjectStore store, String model) {
        return new NumberedLog(store, model + "/removed/", ".json");
    }

    /** A delta from or to a version that is gone leads nowhere. */
    private void removeDeltas(NumberedLog versions) {
        Set<Long> there = new HashSet<>(versions.numbers());
        registry.deltas().list(model).stream()
                .filter(delta -> !there.contains(delta.from()) || !there.contains(delta.to()))
                .forEach(delta -> store.delete(Deltas.key(model, delta.from(), delta.to())));
    }

    private Set<String> used(Set<Long> without) {
        Set<String> keys = new HashSet<>();
        registry.versions(model, 1).stream()
                .filter(version -> !without.contains(version.version()))
                .forEach(version -> version.artifacts().values().forEach(blob -> keys.add(blob.key())));
        registry.deltas().list(model).forEach(delta -> keys.add(delta.blob().key()));
        return keys;
    }
}
