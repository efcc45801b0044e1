package dev.reflux.registry;

import dev.reflux.registry.store.ObjectStore;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A process that is killed at its k-th call of the store: just before the call takes effect, or just after. */
public final class DyingStore implements ObjectStore {

    /** What a kill −9 looks like from inside. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final ObjectStore store;
    private final int dieAt;
    private final boolean after;
    private int calls;

    public DyingStore(ObjectStore store, int dieAt, boolean after) {
        this.store = store;
        this.dieAt = dieAt;
        this.after = after;
    }

    private <T> T call(Supplier<T> call) {
        calls++;
        if (calls > dieAt || calls == dieAt && !after) {
            throw new Killed();
        }
        T result = call.get();
        if (calls == dieAt) {
            throw new Killed();
        }
        return result;
    }

    @Override
    public boolean create(String key, byte[] bytes) {
        return call(() -> store.create(key, bytes));
    }

    @Override
    public void put(String key, Path file) {
        call(() -> {
            store.put(key, file);
            return true;
        });
    }

    @Override
    public Optional<byte[]> read(String key) {
        return call(() -> store.read(key));
    }

    @Override
    public Optional<InputStream> open(String key) {
        return call(() -> store.open(key));
    }

    @Override
    public List<Listed> list(String prefix) {
        return call(() -> store.list(prefix));
    }

    @Override
    public void delete(String key) {
        call(() -> {
            store.delete(key);
            return true;
        });
    }

    @Override
    public URI presign(String key, Duration valid) {
        return call(() -> store.presign(key, valid));
    }

    @Override
    public void close() {}
}
