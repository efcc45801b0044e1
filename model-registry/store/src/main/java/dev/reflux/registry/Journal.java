package dev.reflux.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.store.ObjectStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What happened to a model, in order and for good; in the bucket, under the model's name, as NAME/00000007.json.
 *
 * <ol>
 *   <li>Entries are numbered from 1 without gaps, and none ever changes.
 *   <li>An entry of which a byte was changed is refused.
 * </ol>
 *
 * Any thread.
 */
public final class Journal {

    private final NumberedLog log;

    Journal(ObjectStore store, HighWater seen, String model, String name) {
        this.log = new NumberedLog(store, model + "/" + name + "/", ".json", seen, Optional.empty());
    }

    /** An entry. */
    public record Entry(long number, JsonNode content) {}

    /** Adds an entry; returns its number. */
    public long append(Map<String, ?> content) {
        byte[] bytes = SealedJson.seal(
                Map.of("content", content, "nonce", UUID.randomUUID().toString()), Optional.empty());
        return log.append(next -> Optional.of(bytes));
    }

    /** Entries from a number on, ascending. */
    public List<Entry> read(long from) {
        return log.numbers().stream()
                .filter(number -> number >= from)
                .flatMap(number -> entry(number).stream())
                .toList();
    }

    /** The newest entry. */
    public Optional<Entry> last() {
        long highest = log.highest();
        return highest == 0 ? Optional.empty() : entry(highest);
    }

    private Optional<Entry> entry(long number) {
        return log.read(number)
                .map(bytes -> new Entry(
                        number, SealedJson.open(bytes, log.key(number)).body().path("content")));
    }
}
