package dev.reflux.registry.client;

import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The objects of a registry's bucket, to read.
 *
 * <ol>
 *   <li>An object is visible whole or not at all.
 *   <li>Every failure is a {@link StoreException}.
 * </ol>
 *
 * Blocks on the network. Implementations are thread-safe.
 */
public interface ObjectSource extends AutoCloseable {

    /**
     * An object as a listing shows it.
     *
     * @param key the full key
     * @param bytes the length
     * @param modified the time of the put, by the clock of the store
     */
    record Listed(String key, long bytes, Instant modified) {}

    /** Returns the whole object, for small ones; empty when there is none. */
    Optional<byte[]> read(String key);

    /** Returns the object as a stream, which the caller closes; empty when there is none. */
    Optional<InputStream> open(String key);

    /**
     * Returns a part of the objects whose keys begin with the prefix, sorted by key.
     *
     * @param after the key after which the part begins; empty for the first
     * @param limit the largest number of objects
     */
    List<Listed> list(String prefix, String after, int limit);

    /** Returns every object whose key begins with the prefix, sorted by key. The cost grows with their number. */
    default List<Listed> list(String prefix) {
        return list(prefix, "", Integer.MAX_VALUE);
    }

    @Override
    void close();
}
