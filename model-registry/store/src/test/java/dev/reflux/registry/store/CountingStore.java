package dev.reflux.registry.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real store, and what it was asked: names of methods, in order. */
final class CountingStore {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final ObjectStore counted;

    CountingStore(ObjectStore store) {
        counted = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    ObjectStore store() {
        return counted;
    }

    /** What was asked since the last time. */
    List<String> take() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }
}
