package dev.reflux.registry.store;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The little of S3 that the registry stands on.
 *
 * <ol>
 *   <li>An object is there whole or not at all, and at once after its put returns.
 *   <li>{@link #create} succeeds for exactly one of any number of racing callers. It is the only condition used: stores
 *       differ in the others.
 *   <li>Every failure is a {@link StoreException}.
 * </ol>
 */
public interface ObjectStore extends AutoCloseable {

    /**
     * An object as a listing shows it.
     *
     * @param key its full key
     * @param bytes its length
     * @param modified when it was put, by the store's clock
     */
    record Listed(String key, long bytes, Instant modified) {}

    /** Puts an object unless one is there ({@code If-None-Match: *}); answers whether it did. */
    boolean create(String key, byte[] bytes);

    /** Puts an object whose content its key determines: putting it twice changes nothing. */
    void put(String key, Path file);

    /** The whole object; empty when there is none. For small ones. */
    Optional<byte[]> read(String key);

    /** The object as a stream, to be closed by the caller; empty when there is none. */
    Optional<InputStream> open(String key);

    /** Every object whose key begins so, by key. */
    List<Listed> list(String prefix);

    void delete(String key);

    /** An address from which anybody may fetch the object for a while, without keys. */
    URI presign(String key, Duration valid);

    @Override
    void close();
}
