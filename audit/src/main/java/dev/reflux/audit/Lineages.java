package dev.reflux.audit;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.LogReader;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads a model line, version by version, and checks numbers, chain and hashes. */
final class Lineages {

    private static final long NO_VERSION = 0;
    private static final long UNREADABLE = -1;
    private static final String LATEST = "latest";
    private static final int BUFFER = 1 << 16;

    private final ObjectSource source;
    private final RegistryReader registry;
    private final String model;
    private final Faults faults;

    Lineages(ObjectSource source, String model, Faults faults) {
        this.source = source;
        this.registry = new RegistryReader(source);
        this.model = model;
        this.faults = faults;
    }

    /** Receives the versions, the first one first. */
    interface Each {

        /** @param fates empty if the version has none, or none that can be read */
        void version(StudentVersion version, Optional<FateRuns> fates);
    }

    /**
     * Reads all versions and returns their number.
     *
     * @throws UsageException if there is none
     */
    long read(Each each) {
        // Before the versions: the one that a trainer publishes meanwhile must not be asked after.
        long latest = latest();
        LogReader gone = new LogReader(source, BucketLayout.removed(model), new LogHeadCache());
        Set<Long> there = new HashSet<>(registry.versions(model).numbers());
        Set<Long> removed = new HashSet<>(gone.numbers());
        TreeSet<Long> all = new TreeSet<>(there);
        all.addAll(removed);
        if (all.isEmpty()) {
            throw new UsageException("The registry has no version of model \"" + model + "\"; it has the models "
                    + registry.models() + ".");
        }
        for (long number = 1; number <= all.last(); number++) {
            if (there.contains(number)) {
                whole(number).ifPresent(version -> told(version, each));
            } else if (removed.contains(number)) {
                removed(gone, number).ifPresent(version -> told(version, each));
            } else {
                faults.add(
                        FaultKind.VERSION_MISSING, "There is no version " + number + ", and no reaper has removed it.");
            }
        }
        requireThere(latest, there);
        return all.size();
    }

    private void told(StudentVersion version, Each each) {
        long parent = version.lineage().parentVersion();
        if (parent != version.version() - 1) {
            faults.add(
                    FaultKind.CHAIN_BROKEN,
                    "Version " + version.version() + " descends from version " + parent
                            + ", not from the one before it.");
        }
        each.version(version, fates(version));
    }

    private Optional<StudentVersion> whole(long number) {
        try {
            StudentVersion version =
                    registry.manifest(model, number).map(Manifest.Read::version).orElseThrow();
            version.artifacts().forEach((artifact, blob) -> hash(blob, artifact.fileName(), number));
            return Optional.of(version);
        } catch (RegistryException e) {
            faults.add(FaultKind.HASH_WRONG, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<StudentVersion> removed(LogReader gone, long number) {
        try {
            return gone.read(number)
                    .map(bytes -> Manifest.read(bytes, gone.key(number)).version());
        } catch (RegistryException e) {
            faults.add(FaultKind.HASH_WRONG, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<FateRuns> fates(StudentVersion version) {
        StudentVersion.Blob blob = version.lineage().fates();
        if (blob == null) {
            faults.add(
                    FaultKind.FATES_MISSING,
                    "Version " + version.version() + " does not say what became of its samples; a trainer of an"
                            + " earlier release made it.");
            return Optional.empty();
        }
        if (blob.bytes() > FateRuns.MOST_BYTES) {
            faults.add(
                    FaultKind.FATES_DAMAGED,
                    "fates.json of version " + version.version() + " is said to have " + blob.bytes()
                            + " bytes, above the limit of " + FateRuns.MOST_BYTES + ".");
            return Optional.empty();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!copy(blob, "fates.json", version.version(), bytes)) {
            return Optional.empty();
        }
        try {
            return Optional.of(FateRuns.read(bytes.toByteArray()));
        } catch (IOException e) {
            faults.add(
                    FaultKind.FATES_DAMAGED,
                    "fates.json of version " + version.version() + " cannot be read: " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private void hash(StudentVersion.Blob blob, String name, long number) {
        copy(blob, name, number, OutputStream.nullOutputStream());
    }

    /** Reads no more than the manifest says. */
    private boolean copy(StudentVersion.Blob blob, String name, long number, OutputStream target) {
        String of = name + " of version " + number;
        Optional<InputStream> opened = source.open(blob.key());
        if (opened.isEmpty()) {
            faults.add(FaultKind.HASH_WRONG, of + " is missing.");
            return false;
        }
        try (InputStream in = opened.get()) {
            MessageDigest digest = Sha256.digest();
            byte[] buffer = new byte[BUFFER];
            long read = 0;
            for (int n; read <= blob.bytes() && (n = in.read(buffer)) > 0; read += n) {
                digest.update(buffer, 0, n);
                target.write(buffer, 0, n);
            }
            if (read == blob.bytes()
                    && HexFormat.of().formatHex(digest.digest()).equals(blob.sha256())) {
                return true;
            }
            faults.add(FaultKind.HASH_WRONG, of + " is not the one that its manifest names.");
        } catch (IOException e) {
            faults.add(FaultKind.HASH_WRONG, of + " cannot be read: " + e.getMessage() + ".");
        }
        return false;
    }

    private long latest() {
        try {
            return registry.current(model, LATEST).map(AliasChange::version).orElse(NO_VERSION);
        } catch (RegistryException e) {
            faults.add(FaultKind.HASH_WRONG, String.valueOf(e.getMessage()));
            return UNREADABLE;
        }
    }

    private void requireThere(long latest, Set<Long> there) {
        if (latest != UNREADABLE && !there.contains(latest)) {
            faults.add(
                    FaultKind.LATEST_WRONG,
                    "The alias latest points at " + (latest == NO_VERSION ? "nothing" : "version " + latest)
                            + ", which does not exist.");
        }
    }
}
