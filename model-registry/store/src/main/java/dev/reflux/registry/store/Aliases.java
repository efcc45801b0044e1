package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasPointer;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.signing.SigningKey;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Points aliases at versions. Every change stays in the history of the alias. Blocks on the network. Thread-safe. */
public final class Aliases {

    private final ObjectStore store;
    private final LogHeadCache heads;
    private final RegistryReader registry;
    private final Clock clock;
    private final Optional<SigningKey> key;

    /** @param key signs the pointers; empty for unsigned ones */
    Aliases(ObjectStore store, LogHeadCache heads, Clock clock, Optional<SigningKey> key) {
        this.store = store;
        this.heads = heads;
        this.registry = new RegistryReader(store, heads);
        this.clock = clock;
        this.key = key;
    }

    /**
     * Points an alias at a version.
     *
     * @param by the person or service that does it, for the history
     * @param reason for the history
     * @throws UsageException when there is no such version, or the alias is a number
     */
    public void point(String model, String alias, long version, String by, String reason) {
        Requirements.name(alias, "alias");
        if (alias.matches("\\d+")) {
            throw new UsageException("An alias cannot be a number such as \"" + alias + "\"; choose a word.");
        }
        Requirements.version(registry, model, version);
        NumberedLog log = log(model, alias);
        log.append(next -> {
            long newest = Math.max(version, newestBefore(log, model, alias, next));
            return Optional.of(entry(model, alias, next, version, newest, by, reason));
        });
        // A reaper that did not see the alias may have removed the version meanwhile; it checks again too.
        Requirements.version(registry, model, version);
    }

    /**
     * Points an alias at a version that was published, unless the alias has been at a newer one: of two publishers that
     * arrive in the wrong order, the later version stays.
     */
    void advance(String model, String alias, long version, String by, String reason) {
        NumberedLog log = log(model, alias);
        log.append(next -> newestBefore(log, model, alias, next) >= version
                ? Optional.empty()
                : Optional.of(entry(model, alias, next, version, version, by, reason)));
    }

    private static long newestBefore(NumberedLog log, String model, String alias, long next) {
        return log.reader()
                .read(next - 1)
                .map(bytes -> AliasPointer.read(bytes, model, alias, next - 1)
                        .change()
                        .newest())
                .orElse(0L);
    }

    private byte[] entry(String model, String alias, long number, long version, long newest, String by, String reason) {
        AliasChange change =
                new AliasChange(number, version, newest, clock.instant().truncatedTo(ChronoUnit.MILLIS), by, reason);
        return AliasPointer.write(model, alias, change, key);
    }

    private NumberedLog log(String model, String alias) {
        return new NumberedLog(store, BucketLayout.alias(model, alias), heads);
    }
}
