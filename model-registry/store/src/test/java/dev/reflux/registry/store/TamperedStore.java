package dev.reflux.registry.store;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a real store holds, as somebody would find it who may change any byte of it: a copy, for reading. */
final class TamperedStore implements ObjectStore {

    private final List<Listed> listing;
    private final Map<String, byte[]> objects = new TreeMap<>();

    TamperedStore(ObjectStore store, String prefix) {
        listing = store.list(prefix);
        listing.forEach(
                object -> objects.put(object.key(), store.read(object.key()).orElseThrow()));
    }

    /** The objects, to be tampered with. */
    Map<String, byte[]> objects() {
        return objects;
    }

    @Override
    public Optional<byte[]> read(String key) {
        return Optional.ofNullable(objects.get(key)).map(byte[]::clone);
    }

    @Override
    public Optional<InputStream> open(String key) {
        return read(key).map(ByteArrayInputStream::new);
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        return listing.stream()
                .filter(object ->
                        object.key().startsWith(prefix) && object.key().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public boolean create(String key, byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void put(String key, Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public URI presign(String key, Duration valid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
