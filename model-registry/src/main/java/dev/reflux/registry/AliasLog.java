package dev.reflux.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.store.ObjectStore;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a name of a model points, and where it has pointed. */
final class AliasLog {

    private final NumberedLog log;
    private final Clock clock;

    AliasLog(ObjectStore store, HighWater seen, Clock clock, String model, String alias) {
        this.log = new NumberedLog(store, model + "/aliases/" + alias + "/", ".json", seen, Optional.empty());
        this.clock = clock;
    }

    Optional<AliasChange> current() {
        long highest = log.highest();
        return highest == 0 ? Optional.empty() : at(highest);
    }

    /** Ascending. */
    List<AliasChange> history() {
        return log.numbers().stream().map(this::at).flatMap(Optional::stream).toList();
    }

    /** Points wherever a person wants. */
    void point(long version, String by, String reason) {
        log.append(
                next -> Optional.of(entry(version, Math.max(version, before(next, AliasChange::newest)), by, reason)));
    }

    /**
     * Points at a version that was published, unless a newer one has been let through: of two publishers that come
     * here in the wrong order the later version stays.
     */
    void advance(long version, String by, String reason) {
        log.append(next -> before(next, AliasChange::newest) >= version
                ? Optional.empty()
                : Optional.of(entry(version, version, by, reason)));
    }

    private long before(long next, java.util.function.ToLongFunction<AliasChange> of) {
        return next == 1 ? 0 : at(next - 1).map(of::applyAsLong).orElse(0L);
    }

    private byte[] entry(long version, long newest, String by, String reason) {
        String at = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        return SealedJson.seal(
                Map.of("version", version, "newest", newest, "at", at, "by", by, "reason", reason), Optional.empty());
    }

    private Optional<AliasChange> at(long number) {
        return log.read(number).map(bytes -> {
            JsonNode body = SealedJson.open(bytes, log.key(number)).body();
            return new AliasChange(
                    number,
                    body.path("version").asLong(),
                    body.path("newest").asLong(),
                    Instant.parse(body.path("at").asText()),
                    body.path("by").asText(),
                    body.path("reason").asText());
        });
    }
}
