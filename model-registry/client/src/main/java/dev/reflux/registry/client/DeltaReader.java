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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

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

    /** The largest number of records that the search for a chain reads. */
    static final int MOST_RECORDS = 64;

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

    /** Returns every delta of a model line, sorted by target and origin. The cost grows with their number. */
    public List<DeltaRecord> list(String model) {
        return records(model, source.list(BucketLayout.deltas(model)));
    }

    /**
     * Returns the deltas that lead from one version to another with the smallest sum of bytes, in the order of
     * application; empty when there is no way, or when the whole target costs no more. Searches backwards from the target,
     * and gives up after {@value #MOST_RECORDS} records: the cost does not grow with the model line.
     */
    public List<DeltaRecord> cheapestChain(long from, StudentVersion target) {
        record Way(long at, long bytes, List<DeltaRecord> deltas) {}
        PriorityQueue<Way> open = new PriorityQueue<>(Comparator.comparingLong(Way::bytes));
        Set<Long> settled = new HashSet<>();
        open.add(new Way(target.version(), 0, List.of()));
        int records = 0;
        while (!open.isEmpty()) {
            Way way = open.remove();
            if (way.at() == from) {
                return way.deltas();
            }
            if (settled.add(way.at())) {
                List<DeltaRecord> arriving = arriving(target.model(), way.at(), MOST_RECORDS - records);
                records += arriving.size();
                for (DeltaRecord before : arriving) {
                    long sum = way.bytes() + before.blob().bytes();
                    if (sum < target.bytes()) {
                        List<DeltaRecord> longer = new ArrayList<>(List.of(before));
                        longer.addAll(way.deltas());
                        open.add(new Way(before.from(), sum, longer));
                    }
                }
            }
        }
        return List.of();
    }

    private List<DeltaRecord> arriving(String model, long to, int limit) {
        return limit < 1 ? List.of() : records(model, source.list(BucketLayout.deltas(model, to), "", limit));
    }

    private List<DeltaRecord> records(String model, List<ObjectSource.Listed> objects) {
        return objects.stream()
                .flatMap(object ->
                        source.read(object.key()).map(bytes -> DeltaRecord.read(bytes, object.key(), model)).stream())
                .toList();
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
