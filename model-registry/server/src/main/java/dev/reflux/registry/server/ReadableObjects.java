package dev.reflux.registry.server;

import dev.reflux.registry.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The objects that vehicles may read: writers, decisions and reports are not for them. A page costs the requests of its own
 * objects, and one for each folder that is left out. Blocks on the network. Thread-safe.
 */
record ReadableObjects(ObjectStore store) {

    private static final Set<String> FOLDERS = Set.of("blobs", "versions", "aliases", "deltas", "removed", "tags");
    private static final Pattern REST = Pattern.compile("[A-Za-z0-9._/-]+");
    /** The character that follows a slash: no key of a folder comes after it. */
    private static final char AFTER_SLASH = '0';

    /**
     * Returns a part of the objects, sorted by key.
     *
     * @param after key after which the part begins; empty for the first
     * @param limit largest number of objects
     */
    List<ObjectStore.Listed> list(String prefix, String after, int limit) {
        List<ObjectStore.Listed> found = new ArrayList<>();
        String last = after;
        while (found.size() < limit) {
            int asked = limit - found.size();
            List<ObjectStore.Listed> part = store.list(prefix, last, asked);
            for (ObjectStore.Listed object : part) {
                String key = object.key();
                last = key;
                if (isReadable(key)) {
                    found.add(object);
                } else if (isInOtherFolder(key)) {
                    last = key.substring(0, key.indexOf('/', key.indexOf('/') + 1)) + AFTER_SLASH;
                    break;
                }
            }
            if (part.size() < asked
                    && (part.isEmpty() || part.get(part.size() - 1).key().equals(last))) {
                break;
            }
        }
        return found;
    }

    private static boolean isReadable(String key) {
        String[] parts = key.split("/", 3);
        return parts.length == 3
                && FOLDERS.contains(parts[1])
                && REST.matcher(parts[2]).matches();
    }

    private static boolean isInOtherFolder(String key) {
        String[] parts = key.split("/", 3);
        return parts.length == 3 && !FOLDERS.contains(parts[1]);
    }
}
