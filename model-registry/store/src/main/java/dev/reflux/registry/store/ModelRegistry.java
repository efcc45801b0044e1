package dev.reflux.registry.store;

import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.signing.SigningKey;
import java.time.Clock;
import java.util.Optional;

/**
 * A registry in a bucket, to read and to write: the parts that work on one bucket, wired. {@link BucketLayout} says where
 * the objects lie, and each part states its guarantees. Blocks on the network. Thread-safe.
 */
public final class ModelRegistry implements AutoCloseable {

    private final ObjectStore store;
    private final Clock clock;
    private final Optional<SigningKey> key;
    private final LogHeadCache heads = new LogHeadCache();

    /** Creates a registry that signs nothing. It closes the store when it is closed. */
    public ModelRegistry(ObjectStore store, Clock clock) {
        this(store, clock, Optional.empty());
    }

    /**
     * Creates a registry.
     *
     * @param key signs versions and aliases; empty for unsigned ones
     */
    public ModelRegistry(ObjectStore store, Clock clock, Optional<SigningKey> key) {
        this.store = store;
        this.clock = clock;
        this.key = key;
    }

    /**
     * Opens the registry in a bucket.
     *
     * @throws dev.reflux.registry.client.StoreException when the store cannot be reached or refuses the keys
     */
    public static ModelRegistry open(StoreSettings settings) {
        return new ModelRegistry(MinioStore.open(settings), Clock.systemUTC());
    }

    /** Opens the registry in a bucket, and signs versions and aliases. */
    public static ModelRegistry open(StoreSettings settings, SigningKey key) {
        return new ModelRegistry(MinioStore.open(settings), Clock.systemUTC(), Optional.of(key));
    }

    /** Returns the part that finds, fetches and verifies versions. */
    public RegistryReader reader() {
        return new RegistryReader(store, heads);
    }

    /** Returns the part that lists what there is. */
    public RegistryCatalog catalog() {
        return new RegistryCatalog(store, heads);
    }

    /** Returns the part that publishes versions. */
    public Publisher publisher() {
        return new Publisher(store, heads, clock, key, aliases());
    }

    /** Returns the part that points aliases at versions. */
    public Aliases aliases() {
        return new Aliases(store, heads, clock, key);
    }

    /** Returns the part that sets tags. */
    public Tags tags() {
        return new Tags(store, reader());
    }

    /** Returns a journal of a model line, such as "decisions". */
    public Journal journal(String model, String name) {
        Requirements.name(model, "model");
        Requirements.name(name, "journal");
        return new Journal(new NumberedLog(store, BucketLayout.journal(model, name), heads));
    }

    /** Returns what vehicles report of the versions of a model line. */
    public VehicleReports reports(String model) {
        Requirements.name(model, "model");
        return new VehicleReports(store, reader(), model);
    }

    /** Returns the part that takes versions back. */
    public Rollback rollback() {
        return new Rollback(catalog(), aliases());
    }

    /** Returns the part that makes deltas. */
    public DeltaMaker deltas() {
        return new DeltaMaker(store, reader());
    }

    /**
     * Removes versions that a policy does not keep, and files that no manifest names.
     *
     * @param dryRun only reports what would be removed
     */
    public ReapReport reap(String model, RetentionPolicy policy, boolean dryRun) {
        return new Reaper(store, clock, model).reap(policy, dryRun);
    }

    @Override
    public void close() {
        store.close();
    }
}
