package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.format.delta.DeltaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Makes deltas from one version to another. A delta changes no version, and can be added at any time. Holds two students
 * in memory. Blocks on the network. Thread-safe.
 */
public final class DeltaMaker {

    private final ObjectStore store;
    private final RegistryReader registry;

    DeltaMaker(ObjectStore store, RegistryReader registry) {
        this.store = store;
        this.registry = registry;
    }

    /**
     * Makes a delta unless there is one.
     *
     * @return empty when the delta would be no shorter than the whole target
     * @throws UsageException when there is no such version
     */
    public Optional<DeltaRecord> add(String model, long from, long to) {
        if (from == to) {
            throw new UsageException("A delta leads from one version to another, not from " + from + " to itself.");
        }
        Optional<DeltaRecord> there = registry.deltas().find(model, from, to);
        if (there.isPresent()) {
            return there;
        }
        StudentVersion target = registry.require(model, String.valueOf(to));
        Map<Artifact, byte[]> old = registry.files().read(registry.require(model, String.valueOf(from)));
        byte[] delta = encode(old, target, from);
        if (delta.length >= target.bytes()) {
            return Optional.empty();
        }
        DeltaRecord made = new DeltaRecord(model, from, to, upload(model, delta));
        store.create(made.key(), made.write());
        // A concurrent caller may have been faster; its record is the one in force then.
        return registry.deltas().find(model, from, to);
    }

    /** Encodes a lossy student against its own parent by its levels, which is much shorter. */
    private byte[] encode(Map<Artifact, byte[]> old, StudentVersion target, long from) {
        Map<Artifact, byte[]> files = registry.files().read(target);
        Lineage.Approximation lossy = target.lineage().approximation();
        if (lossy != null && lossy.step() > 0 && target.lineage().parentVersion() == from) {
            try {
                return DeltaCodec.encodeQuantized(old, files, (float) lossy.step());
            } catch (DeltaException e) {
                // The step in the manifest is wrong: the exact coder yields a longer delta, and the same files.
                return DeltaCodec.encode(old, files);
            }
        }
        return DeltaCodec.encode(old, files);
    }

    private StudentVersion.Blob upload(String model, byte[] delta) {
        try {
            Path file = Files.createTempFile("reflux-delta", ".bin");
            try {
                Files.write(file, delta);
                return new BlobUpload(store, model).put(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
