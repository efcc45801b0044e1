package dev.reflux.common.plugin;

import dev.reflux.common.failure.UsageException;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the providers of a type on the class path. */
public final class NamedProviders {

    private NamedProviders() {}

    /** Returns all providers of a type, in the order of their names. */
    public static <P extends NamedProvider> List<P> all(Class<P> type) {
        return ServiceLoader.load(type).stream()
                .map(ServiceLoader.Provider::get)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    /** Returns the names of all providers of a type, sorted. */
    public static <P extends NamedProvider> List<String> names(Class<P> type) {
        return all(type).stream().map(NamedProvider::name).toList();
    }

    /**
     * Returns the provider of a name; upper and lower case are not distinguished.
     *
     * @param type the interface of the providers
     * @param name the configured name
     * @param setting the configuration key, for the error sentence
     * @throws UsageException if no provider, or more than one, has the name
     */
    public static <P extends NamedProvider> P require(Class<P> type, String name, String setting) {
        List<P> found = all(type).stream()
                .filter(provider -> provider.name().equalsIgnoreCase(name))
                .toList();
        if (found.isEmpty()) {
            throw new UsageException(
                    setting + " is \"" + name + "\", which no jar on the class path provides; choose one of "
                            + String.join(", ", names(type)) + ".");
        }
        if (found.size() > 1) {
            throw new UsageException(setting + " is \"" + name + "\", which " + found.size()
                    + " jars on the class path provide; remove all but one of them.");
        }
        return found.get(0);
    }
}
