package dev.reflux.registry.store;

import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.LogReader;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.SealedJson;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The tags of versions: names and values that people set and remove. The version itself never changes. Blocks on the
 * network. Thread-safe.
 */
public final class Tags {

    private final ObjectStore store;
    private final RegistryReader registry;

    Tags(ObjectStore store, RegistryReader registry) {
        this.store = store;
        this.registry = registry;
    }

    /**
     * Sets or removes a tag. Of two concurrent calls, both take effect.
     *
     * @param value empty removes the tag
     */
    public void put(String model, long version, String name, Optional<String> value) {
        Requirements.name(name, "tag");
        Requirements.version(registry, model, version);
        NumberedLog log = new NumberedLog(store, BucketLayout.tags(model, version), new LogHeadCache());
        log.append(next -> {
            Map<String, String> tags = read(log.reader(), next - 1);
            value.ifPresentOrElse(text -> tags.put(name, text), () -> tags.remove(name));
            return Optional.of(SealedJson.seal(
                    Map.of("tags", tags, "nonce", UUID.randomUUID().toString()), Optional.empty()));
        });
    }

    /** Returns the tags as of an entry of their log; empty for entry 0. */
    static Map<String, String> read(LogReader log, long number) {
        Map<String, String> tags = new TreeMap<>();
        if (number > 0) {
            log.read(number).ifPresent(bytes -> SealedJson.open(bytes, log.key(number))
                    .body()
                    .path("tags")
                    .properties()
                    .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText())));
        }
        return tags;
    }
}
