package dev.reflux.common.plugin;

/**
 * An extension that a configuration selects by name.
 *
 * <p>Life cycle: {@link java.util.ServiceLoader} creates a provider by its public constructor without parameters, each
 * time a configuration is read. A provider therefore holds no resources; what it makes may.
 *
 * <ol>
 *   <li>The name is constant, lower-case, and unique among the providers of one type.
 *   <li>Creating a provider has no side effects.
 * </ol>
 */
public interface NamedProvider {

    /** Returns the name that a configuration gives, such as {@code page-hinkley}. */
    String name();
}
