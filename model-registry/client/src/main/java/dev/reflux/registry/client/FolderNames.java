package dev.reflux.registry.client;

import java.util.ArrayList;
import java.util.List;

/**
 * The names of the folders directly under a prefix, sorted. Costs a request for each name, however many objects the folders
 * hold. Blocks on the network. Thread-safe.
 *
 * @param source the bucket
 * @param prefix empty, or ends with a slash
 */
public record FolderNames(ObjectSource source, String prefix) {

    /** Follows the slash in every order of keys: no key of a folder comes after it. */
    private static final char AFTER_SLASH = '0';

    /**
     * Returns a part of the names.
     *
     * @param name the name after which the part begins; empty for the first
     * @param limit the largest number of names
     */
    public List<String> after(String name, int limit) {
        List<String> names = new ArrayList<>();
        String last = name.isEmpty() ? "" : prefix + name + AFTER_SLASH;
        while (names.size() < limit) {
            List<ObjectSource.Listed> next = source.list(prefix, last, 1);
            if (next.isEmpty()) {
                break;
            }
            String folder = next.get(0).key().substring(prefix.length()).replaceFirst("/.*", "");
            names.add(folder);
            last = prefix + folder + AFTER_SLASH;
        }
        return names;
    }
}
