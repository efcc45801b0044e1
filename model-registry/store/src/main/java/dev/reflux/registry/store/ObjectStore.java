package dev.reflux.registry.store;

import dev.reflux.registry.client.ObjectSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The part of S3 that the registry uses to write.
 *
 * <ol>
 *   <li>An object is visible whole or not at all, and immediately after its put returns.
 *   <li>{@link #create} succeeds for exactly one of any number of concurrent callers. It is the only condition used:
 *       stores differ in the others.
 *   <li>Every failure is a {@link dev.reflux.registry.client.StoreException}.
 * </ol>
 *
 * Blocks on the network. Implementations are thread-safe.
 */
public interface ObjectStore extends ObjectSource {

    /** Creates an object unless there is one ({@code If-None-Match: *}); returns whether this call created it. */
    boolean create(String key, byte[] bytes);

    /** Puts an object whose key determines its content: a second put changes nothing. */
    void put(String key, Path file);

    /** Deletes an object; does nothing when there is none. */
    void delete(String key);

    /** Returns an address from which anyone may fetch the object for the given time, without credentials. */
    URI presign(String key, Duration valid);
}
