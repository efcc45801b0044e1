package dev.reflux.registry.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.client.LogReader;
import dev.reflux.registry.format.SealedJson;
import java.util.List;
import java.util.Optional;

/**
 * Reads a journal of a model line.
 *
 * <ol>
 *   <li>Entries are numbered from 1 without gaps, and none ever changes.
 *   <li>An entry of which any byte was changed is refused with a
 *       {@link dev.reflux.registry.format.RegistryException}.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
public final class JournalReader {

    private final LogReader log;

    JournalReader(LogReader log) {
        this.log = log;
    }

    /**
     * An entry.
     *
     * @param number from 1
     * @param content as it was appended
     */
    public record Entry(long number, JsonNode content) {}

    /** Returns the entries from a number on, ascending. */
    public List<Entry> read(long from) {
        return log.numbers(from, Integer.MAX_VALUE).stream()
                .flatMap(number -> entry(number).stream())
                .toList();
    }

    /** Returns the number of the newest entry; 0 for an empty journal. */
    public long newest() {
        return log.highest();
    }

    /** Returns the newest entry; empty for an empty journal. */
    public Optional<Entry> last() {
        return entry(log.highest());
    }

    private Optional<Entry> entry(long number) {
        return log.read(number)
                .map(bytes -> new Entry(
                        number, SealedJson.open(bytes, log.key(number)).body().path("content")));
    }
}
