package dev.reflux.registry.store;

import dev.reflux.registry.format.SealedJson;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Appends to a journal of a model line, such as the decisions of its gate. Blocks on the network. Thread-safe. */
public final class Journal {

    private final NumberedLog log;

    Journal(NumberedLog log) {
        this.log = log;
    }

    /** Appends an entry; returns its number. */
    public long append(Map<String, ?> content) {
        byte[] bytes = SealedJson.seal(
                Map.of("content", content, "nonce", UUID.randomUUID().toString()), Optional.empty());
        return log.append(next -> Optional.of(bytes));
    }

    /** Returns the read side. */
    public JournalReader reader() {
        return new JournalReader(log.reader());
    }
}
