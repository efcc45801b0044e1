package dev.reflux.registry.store;

import dev.reflux.registry.client.DeltaReader;
import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.StudentVersion;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes versions that a policy does not keep, and files that no manifest names.
 *
 * <ol>
 *   <li>It removes no file that a manifest names, no version that an alias points at, and not the newest version.
 *   <li>The manifest of a removed version is kept under removed/, which distinguishes a removal from a loss, and so is its
 *       file of fates, which an audit reads.
 *   <li>A reaper may be killed at any point: the registry stays in order, and the next reaper finishes.
 * </ol>
 *
 * A file that no manifest names was left behind, or is about to be published. Every publication names its files anew and gives
 * up after half of the grace period, so a file that is older than the grace period was left behind. One thread.
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
        // Files are listed before manifests are read: a file that a later manifest names is young.
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
        // An alias may have been pointed at it meanwhile. Its author checks the manifest afterwards, as this checks the
        // aliases: one of the two sees the other.
        if (catalog.aliases(model).containsValue(number)) {
            versions.create(number, manifest.get());
            removed.delete(number);
            return false;
        }
        return true;
    }

    /** Removes the deltas from or to a version that no longer exists. */
    private void removeDeltas() {
        Set<Long> there = new HashSet<>(versions.reader().numbers());
        deltas.list(model).stream()
                .filter(delta -> !there.contains(delta.from()) || !there.contains(delta.to()))
                .forEach(delta -> store.delete(delta.key()));
    }

    private static Optional<String> fates(StudentVersion version) {
        return Optional.ofNullable(version.lineage().fates()).map(StudentVersion.Blob::key);
    }

    private Set<String> used(Set<Long> without) {
        Set<String> keys = new HashSet<>();
        catalog.versions(model, 1).stream()
                .filter(version -> !without.contains(version.version()))
                .forEach(version -> version.artifacts().values().forEach(blob -> keys.add(blob.key())));
        catalog.versions(model, 1).forEach(version -> fates(version).ifPresent(keys::add));
        // What became of the samples of a removed version is still asked after.
        removed.reader().numbers().forEach(number -> removed.reader()
                .read(number)
                .map(manifest -> Manifest.read(manifest, removed.reader().key(number)))
                .flatMap(read -> fates(read.version()))
                .ifPresent(keys::add));
        deltas.list(model).forEach(delta -> keys.add(delta.blob().key()));
        return keys;
    }
}
