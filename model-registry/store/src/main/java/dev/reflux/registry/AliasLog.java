package dev.reflux.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.signing.Signature;
import dev.reflux.registry.signing.SigningKey;
import dev.reflux.registry.signing.TrustFile;
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
    private final String model;
    private final String alias;
    private final Optional<SigningKey> key;

    /** @param key signs what is written; empty: nothing does */
    AliasLog(ObjectStore store, HighWater seen, Clock clock, String model, String alias, Optional<SigningKey> key) {
        this.model = model;
        this.alias = alias;
        this.key = key;
        this.log = new NumberedLog(store, model + "/aliases/" + alias + "/", ".json", seen, Optional.empty());
        this.clock = clock;
    }

    Optional<AliasChange> current() {
        long highest = log.highest();
        return highest == 0 ? Optional.empty() : at(highest);
    }

    /** Ascending. */
    List<AliasChange> history(long from, long limit) {
        return log.numbers().stream()
                .filter(number -> number >= from)
                .limit(limit)
                .map(this::at)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Points wherever a person wants. */
    void point(long version, String by, String reason) {
        log.append(next ->
                Optional.of(entry(next, version, Math.max(version, before(next, AliasChange::newest)), by, reason)));
    }

    /**
     * Points at a version that was published, unless a newer one has been let through: of two publishers that come
     * here in the wrong order the later version stays.
     */
    void advance(long version, String by, String reason) {
        log.append(next -> before(next, AliasChange::newest) >= version
                ? Optional.empty()
                : Optional.of(entry(next, version, version, by, reason)));
    }

    private long before(long next, java.util.function.ToLongFunction<AliasChange> of) {
        return next == 1 ? 0 : at(next - 1).map(of::applyAsLong).orElse(0L);
    }

    /** Says of itself which pointer it is, so that no signed one stands in another's place. */
    private byte[] entry(long number, long version, long newest, String by, String reason) {
        String at = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        Map<String, Object> body = Map.of(
                "model", model,
                "alias", alias,
                "number", number,
                "version", version,
                "newest", newest,
                "at", at,
                "by", by,
                "reason", reason);
        return SealedJson.seal(body, key.map(signer -> signer.sign(SealedJson.canonical(body))));
    }

    private Optional<AliasChange> at(long number) {
        return open(number).map(opened -> {
            JsonNode body = opened.body();
            return new AliasChange(
                    number,
                    body.path("version").asLong(),
                    body.path("newest").asLong(),
                    Instant.parse(body.path("at").asText()),
                    body.path("by").asText(),
                    body.path("reason").asText());
        });
    }

    /** Pointers of older builds do not say which they are. */
    private Optional<SealedJson.Opened> open(long number) {
        return log.read(number).map(bytes -> {
            SealedJson.Opened opened = SealedJson.open(bytes, log.key(number));
            JsonNode body = opened.body();
            boolean here = body.path("number").asLong() == number
                    && body.path("alias").asText().equals(alias)
                    && body.path("model").asText().equals(model);
            if (body.has("number") && !here) {
                throw new RegistryException(
                        "The object " + log.key(number) + " is another pointer: somebody moved it.");
            }
            return opened;
        });
    }

    /** Why where the name points now is not to be trusted, in a sentence; empty when one of the keys signed it. */
    Optional<String> distrust(TrustFile trust) {
        return distrust(log.highest(), trust);
    }

    /** The same of everything that the name has pointed at, a sentence for each that is not to be trusted. */
    List<String> distrustHistory(TrustFile trust) {
        return log.numbers().stream()
                .flatMap(number -> distrust(number, trust).stream())
                .toList();
    }

    private Optional<String> distrust(long number, TrustFile trust) {
        String which = "The alias " + alias + " of " + model + " (pointer " + number + ")";
        Optional<SealedJson.Opened> opened = open(number);
        if (opened.flatMap(SealedJson.Opened::signature).isEmpty()
                || !opened.get().body().has("number")) {
            return Optional.of(which + " is not signed; point it with \"models promote --key\".");
        }
        Signature signature = opened.get().signature().orElseThrow();
        return switch (trust.judge(SealedJson.canonical(opened.get().body()), signature)) {
            case GOOD -> Optional.empty();
            case UNKNOWN_KEY ->
                Optional.of(which + " is signed with key " + signature.keyId()
                        + ", which is not among the trusted ones " + trust.keyIds() + ".");
            case WRONG ->
                Optional.of(which + " carries a signature of key " + signature.keyId() + " that does not fit it.");
        };
    }
}
