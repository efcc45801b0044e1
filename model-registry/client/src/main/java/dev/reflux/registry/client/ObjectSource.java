package dev.reflux.registry.client;

import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.SealedJson;
import java.io.IOException;
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

    /**
     * Returns the whole object, for the small ones under a seal; empty when there is none.
     *
     * @throws RegistryException when it is longer than such an object may be
     */
    default Optional<byte[]> read(String key) {
        return read(key, SealedJson.MOST_BYTES);
    }

    /**
     * Returns the whole object; empty when there is none.
     *
     * @param most the longest that it may be; memory grows with what arrives, up to this
     * @throws RegistryException when it is longer
     */
    default Optional<byte[]> read(String key, long most) {
        return open(key).map(stream -> {
            try (InputStream in = stream) {
                return within(in, key, most);
            } catch (IOException e) {
                throw new StoreException(
                        "The object " + key + " broke off (" + StoreException.reasonOf(e)
                                + "); check the connection to its store.",
                        e);
            }
        });
    }

    /**
     * Returns what a stream has to its end.
     *
     * @param what the name of the thing, for the error
     * @throws RegistryException when it is longer than it may be
     */
    static byte[] within(InputStream in, String what, long most) throws IOException {
        int limit = (int) Math.min(most, Integer.MAX_VALUE - 16);
        byte[] bytes = in.readNBytes(limit);
        if (bytes.length == limit && in.read() >= 0) {
            throw new RegistryException(
                    "The object " + what + " goes on behind the " + most + " bytes that it may have: it is refused.");
        }
        return bytes;
    }

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
