package dev.reflux.registry.store;

import dev.reflux.registry.client.DeltaReader;
import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.BucketLayout;
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
    private final RegistryCatalog catalog;
    private final DeltaReader deltas;
    private final NumberedLog versions;
    private final NumberedLog removed;
    private final Clock clock;
    private final String model;

    Reaper(ObjectStore store, Clock clock, String model) {
        // A fresh cache: a reaper must see what is there now.
        LogHeadCache heads = new LogHeadCache();
        this.store = store;
        this.catalog = new RegistryCatalog(store, heads);
        this.deltas = new RegistryReader(store, heads).deltas();
        this.versions = new NumberedLog(store, BucketLayout.versions(model), heads);
        this.removed = new NumberedLog(store, BucketLayout.removed(model), heads);
        this.clock = clock;
        this.model = model;
    }

    ReapReport reap(RetentionPolicy policy, boolean dryRun) {
        List<Long> numbers = versions.reader().numbers();
        long highest = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        Set<Long> named = new HashSet<>(catalog.aliases(model).values());
        List<Long> gone = new ArrayList<>();
        for (long number : numbers) {
            if (!policy.keeps(number, highest) && !named.contains(number) && (dryRun || remove(number))) {
                gone.add(number);
            }
        }
        if (!dryRun) {
            removeDeltas();
        }
        // The list of files comes first: whatever a manifest names by the time we look was named, or is young.
        List<ObjectSource.Listed> files = store.list(BucketLayout.blobs(model));
        Set<String> used = used(dryRun ? Set.copyOf(gone) : Set.of());
        Instant before = clock.instant().minus(policy.grace());
        int count = 0;
        long bytes = 0;
        for (ObjectSource.Listed file : files) {
            if (!used.contains(file.key()) && file.modified().isBefore(before)) {
                if (!dryRun) {
                    store.delete(file.key());
                }
                count++;
                bytes += file.bytes();
            }
        }
        return new ReapReport(gone, count, bytes);
    }

    private boolean remove(long number) {
        Optional<byte[]> manifest = versions.reader().read(number);
        if (manifest.isEmpty()) {
            return false;
        }
        removed.create(number, manifest.get());
        versions.delete(number);
        // Somebody may have pointed an alias at it meanwhile; who does so looks at the manifest afterwards, as we look
        // at the aliases: one of us sees the other.
        if (catalog.aliases(model).containsValue(number)) {
            versions.create(number, manifest.get());
            removed.delete(number);
            return false;
        }
        return true;
    }

    /** A delta from or to a version that is gone leads nowhere. */
    private void removeDeltas() {
        Set<Long> there = new HashSet<>(versions.reader().numbers());
        deltas.list(model).stream()
                .filter(delta -> !there.contains(delta.from()) || !there.contains(delta.to()))
                .forEach(delta -> store.delete(delta.key()));
    }

    private Set<String> used(Set<Long> without) {
        Set<String> keys = new HashSet<>();
        catalog.versions(model, 1).stream()
                .filter(version -> !without.contains(version.version()))
                .forEach(version -> version.artifacts().values().forEach(blob -> keys.add(blob.key())));
        deltas.list(model).forEach(delta -> keys.add(delta.blob().key()));
        return keys;
    }
}
