package dev.reflux.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.delta.DeltaCodec;
import dev.reflux.registry.delta.DeltaException;
import dev.reflux.registry.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * Ways from one version to another that are shorter than fetching the other whole. In the bucket, under the model's name:
 *
 * <pre>
 * deltas/00000042/00000041.json       the delta that makes version 42 of version 41
 * </pre>
 *
 * <ol>
 *   <li>Versions are always there whole too: each is a keyframe, and no delta is ever needed.
 *   <li>What a delta makes has the hashes of its version's manifest, or is refused.
 *   <li>Deltas change no version; whoever may write the bucket may add them, at any time.
 * </ol>
 *
 * Holds whole students in memory. Any thread.
 */
public final class Deltas {

    private final ObjectStore store;
    private final ModelRegistry registry;

    Deltas(ObjectStore store, ModelRegistry registry) {
        this.store = store;
        this.registry = registry;
    }

    /**
     * Makes a delta unless it is there.
     *
     * @return empty when it would save nothing
     * @throws UsageException when there are no such versions
     */
    public Optional<DeltaRecord> add(String model, long from, long to) {
        if (from == to) {
            throw new UsageException("A delta leads from one version to another, not from " + from + " to itself.");
        }
        String key = key(model, from, to);
        Optional<byte[]> there = store.read(key);
        if (there.isPresent()) {
            return Optional.of(record(there.get(), key, model));
        }
        StudentVersion target = registry.require(model, String.valueOf(to));
        Map<Artifact, byte[]> old = files(registry.require(model, String.valueOf(from)));
        byte[] delta = encode(old, target, from);
        if (delta.length >= bytes(target)) {
            return Optional.empty();
        }
        DeltaRecord made = new DeltaRecord(model, from, to, upload(model, delta));
        store.create(
                key,
                SealedJson.seal(
                        Map.of(
                                "from", from,
                                "to", to,
                                "key", made.blob().key(),
                                "sha256", made.blob().sha256(),
                                "bytes", made.blob().bytes()),
                        Optional.empty()));
        // Somebody may have been faster; theirs counts then.
        return store.read(key).map(bytes -> record(bytes, key, model));
    }

    /** A lossy student's delta from its own parent is a short one. */
    private byte[] encode(Map<Artifact, byte[]> old, StudentVersion target, long from) {
        Lineage.Approximation lossy = target.lineage().approximation();
        if (lossy != null && lossy.step() > 0 && target.lineage().parentVersion() == from) {
            try {
                return DeltaCodec.encodeQuantised(old, files(target), (float) lossy.step());
            } catch (DeltaException e) {
                // Whoever published it says a step that is not so: longer, but right all the same.
                return DeltaCodec.encode(old, files(target));
            }
        }
        return DeltaCodec.encode(old, files(target));
    }

    private StudentVersion.Blob upload(String model, byte[] delta) {
        try {
            Path file = Files.createTempFile("reflux-delta", ".bin");
            try {
                Files.write(file, delta);
                String sha256 = Sha256.hex(delta);
                String attempt = UUID.randomUUID().toString().substring(0, 8);
                String key = model + "/blobs/" + sha256 + "-" + attempt;
                store.put(key, file);
                return new StudentVersion.Blob(key, sha256, delta.length);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a delta from one version to another. */
    public boolean has(String model, long from, long to) {
        return store.read(key(model, from, to)).isPresent();
    }

    /** Every delta of a model, by target and origin. */
    public List<DeltaRecord> list(String model) {
        return store.list(model + "/deltas/").stream()
                .flatMap(object -> store.read(object.key()).map(bytes -> record(bytes, object.key(), model)).stream())
                .toList();
    }

    /**
     * The deltas that lead from one version to another at the smallest sum of bytes.
     *
     * @return in the order in which they are applied; empty when there is no way, or fetching the target whole is as cheap
     */
    public List<DeltaRecord> cheapestChain(long from, StudentVersion target) {
        Map<Long, List<DeltaRecord>> leaving = new HashMap<>();
        for (DeltaRecord delta : list(target.model())) {
            leaving.computeIfAbsent(delta.from(), k -> new ArrayList<>()).add(delta);
        }
        record Way(long at, long bytes, List<DeltaRecord> deltas) {}
        PriorityQueue<Way> open = new PriorityQueue<>(java.util.Comparator.comparingLong(Way::bytes));
        Map<Long, Long> settled = new HashMap<>();
        open.add(new Way(from, 0, List.of()));
        while (!open.isEmpty()) {
            Way way = open.remove();
            if (way.at() == target.version()) {
                return way.deltas();
            }
            if (settled.putIfAbsent(way.at(), way.bytes()) == null) {
                for (DeltaRecord next : leaving.getOrDefault(way.at(), List.of())) {
                    long sum = way.bytes() + next.blob().bytes();
                    if (sum < bytes(target)) {
                        List<DeltaRecord> longer = new ArrayList<>(way.deltas());
                        longer.add(next);
                        open.add(new Way(next.to(), sum, longer));
                    }
                }
            }
        }
        return List.of();
    }

    /**
     * Applies a delta.
     *
     * @param files of the version that it starts from
     * @return files of the version that it leads to, which have that version's hashes
     * @throws RegistryException when they have not
     */
    public Map<Artifact, byte[]> apply(DeltaRecord delta, Map<Artifact, byte[]> files) {
        StudentVersion target = registry.require(delta.model(), String.valueOf(delta.to()));
        String which = "The delta of " + delta.model() + " from version " + delta.from() + " to " + delta.to();
        byte[] bytes = store.read(delta.blob().key())
                .orElseThrow(() -> new RegistryException(which + " is missing from the store."));
        if (!Sha256.hex(bytes).equals(delta.blob().sha256())) {
            throw new RegistryException(which + " is damaged: its sha256 differs.");
        }
        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        target.artifacts().forEach((artifact, blob) -> lengths.put(artifact, blob.bytes()));
        try {
            Map<Artifact, byte[]> made = DeltaCodec.apply(files, bytes, lengths);
            target.artifacts().forEach((artifact, blob) -> {
                if (!Sha256.hex(made.getOrDefault(artifact, new byte[0])).equals(blob.sha256())) {
                    throw new RegistryException(which + " makes another " + artifact.fileName()
                            + " than the manifest names: it is refused.");
                }
            });
            return made;
        } catch (DeltaException e) {
            throw new RegistryException(which + " cannot be applied: " + e.getMessage(), e);
        }
    }

    /** A version's files, verified. */
    public Map<Artifact, byte[]> files(StudentVersion version) {
        Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
        version.artifacts().forEach((artifact, blob) -> {
            String which = artifact.fileName() + " of " + version.model() + " version " + version.version();
            byte[] bytes = store.read(blob.key())
                    .orElseThrow(() -> new RegistryException(which + " is missing from the store."));
            if (!Sha256.hex(bytes).equals(blob.sha256())) {
                throw new RegistryException(which + " is not the one its manifest names: its sha256 differs.");
            }
            files.put(artifact, bytes);
        });
        return files;
    }

    private static long bytes(StudentVersion version) {
        return version.artifacts().values().stream()
                .mapToLong(StudentVersion.Blob::bytes)
                .sum();
    }

    static String key(String model, long from, long to) {
        return model + "/deltas/%08d/%08d.json".formatted(to, from);
    }

    private static DeltaRecord record(byte[] bytes, String key, String model) {
        JsonNode body = SealedJson.open(bytes, key).body();
        long from = body.path("from").asLong();
        long to = body.path("to").asLong();
        if (!key.equals(key(model, from, to))) {
            throw new RegistryException("The object " + key + " is another delta's: somebody moved it.");
        }
        return new DeltaRecord(
                model,
                from,
                to,
                new StudentVersion.Blob(
                        body.path("key").asText(),
                        body.path("sha256").asText(),
                        body.path("bytes").asLong()));
    }
}
