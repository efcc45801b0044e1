package dev.reflux.registry;

import dev.reflux.registry.store.ObjectStore;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A version's tags: names and values that people give it, and may take away again. The version itself never changes. */
final class TagLog {

    private final NumberedLog log;

    TagLog(ObjectStore store, String model, long version) {
        this.log = new NumberedLog(store, model + "/tags/" + "%08d".formatted(version) + "/", ".json");
    }

    Map<String, String> read() {
        return at(log.highest());
    }

    /** Sets a tag, or takes it away with an empty value. Of two that do so at once, both succeed. */
    void put(String name, Optional<String> value) {
        log.append(next -> {
            Map<String, String> tags = at(next - 1);
            value.ifPresentOrElse(to -> tags.put(name, to), () -> tags.remove(name));
            return Optional.of(SealedJson.seal(
                    Map.of("tags", tags, "nonce", java.util.UUID.randomUUID().toString()), Optional.empty()));
        });
    }

    private Map<String, String> at(long number) {
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
