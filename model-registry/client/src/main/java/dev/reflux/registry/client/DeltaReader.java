package dev.reflux.registry.client;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.format.delta.DeltaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Deltas between versions, and the way from one version to another that costs the fewest bytes.
 *
 * <ol>
 *   <li>Every version is stored whole too: no delta is ever needed.
 *   <li>The result of a delta has the hashes of its version's manifest, or is refused.
 * </ol>
 *
 * Holds whole students in memory. Blocks on the network. Thread-safe.
 */
public final class DeltaReader {

    private final ObjectSource source;
    private final RegistryReader registry;

    DeltaReader(ObjectSource source, RegistryReader registry) {
        this.source = source;
        this.registry = registry;
    }

    /** Returns the record of the delta from one version to another; empty when there is none. */
    public Optional<DeltaRecord> find(String model, long from, long to) {
        String key = BucketLayout.delta(model, from, to);
        return source.read(key).map(bytes -> DeltaRecord.read(bytes, key, model));
    }

    /** Returns every delta of a model line, sorted by target and origin. */
    public List<DeltaRecord> list(String model) {
        return source.list(BucketLayout.deltas(model)).stream()
                .flatMap(object ->
                        source.read(object.key()).map(bytes -> DeltaRecord.read(bytes, object.key(), model)).stream())
                .toList();
    }

    /**
     * Returns the deltas that lead from one version to another with the smallest sum of bytes, in the order of
     * application; empty when there is no way, or when the whole target costs no more.
     */
    public List<DeltaRecord> cheapestChain(long from, StudentVersion target) {
        record Way(long at, long bytes, List<DeltaRecord> deltas) {}
        Map<Long, List<DeltaRecord>> leaving = new HashMap<>();
        for (DeltaRecord delta : list(target.model())) {
            leaving.computeIfAbsent(delta.from(), origin -> new ArrayList<>()).add(delta);
        }
        PriorityQueue<Way> open = new PriorityQueue<>(Comparator.comparingLong(Way::bytes));
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
                    if (sum < target.bytes()) {
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
     * @param files the artifacts of the version that the delta starts from
     * @return the artifacts of the version that it leads to
     * @throws RegistryException when the delta is missing or damaged, or its result has not the hashes of the manifest
     */
    public Map<Artifact, byte[]> apply(DeltaRecord delta, Map<Artifact, byte[]> files) {
        return apply(delta, files, registry.require(delta.model(), String.valueOf(delta.to())));
    }

    /**
     * Applies a delta.
     *
     * @param files the artifacts of the version that the delta starts from
     * @param target the version that it leads to, whose manifest the caller has verified: what is made is bounded by its lengths
     * @return the artifacts of the target
     * @throws RegistryException when the delta is missing or damaged, or its result has not the hashes of the manifest
     */
    public Map<Artifact, byte[]> apply(DeltaRecord delta, Map<Artifact, byte[]> files, StudentVersion target) {
        String which = "The delta of " + delta.model() + " from version " + delta.from() + " to " + delta.to();
        byte[] bytes = source.read(delta.blob().key(), delta.blob().bytes())
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
}
