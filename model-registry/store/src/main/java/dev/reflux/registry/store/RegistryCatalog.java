package dev.reflux.registry.store;

import dev.reflux.registry.client.FolderNames;
import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.LogReader;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasPointer;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.LogKeys;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.Signature;
import dev.reflux.registry.format.signing.TrustFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What people ask about a registry: every version, alias, history, tag and journal. Works on a bucket as well as through
 * the HTTP API. Blocks on the network. Thread-safe.
 */
public final class RegistryCatalog {

    private final ObjectSource source;
    private final LogHeadCache heads;
    private final RegistryReader registry;

    /** Creates a catalog of the registry in a bucket. */
    public RegistryCatalog(ObjectSource source) {
        this(source, new LogHeadCache());
    }

    RegistryCatalog(ObjectSource source, LogHeadCache heads) {
        this.source = source;
        this.heads = heads;
        this.registry = new RegistryReader(source, heads);
    }

    /** Returns the names of the model lines, sorted. */
    public List<String> models() {
        return registry.models();
    }

    /**
     * Returns a part of the names of the model lines, sorted.
     *
     * @param after name after which the part begins; empty for the first
     * @param limit largest number of names
     */
    public List<String> models(String after, int limit) {
        return new FolderNames(source, "").after(after, limit);
    }

    /** Returns the versions from a number on, ascending. */
    public List<StudentVersion> versions(String model, long from) {
        return versions(model, from, Integer.MAX_VALUE);
    }

    /**
     * Returns a part of the versions, ascending.
     *
     * @param from lowest number
     * @param limit largest number of versions
     */
    public List<StudentVersion> versions(String model, long from, int limit) {
        return registry.versions(model).numbers(from, limit).stream()
                .flatMap(number -> registry.manifest(model, number).stream())
                .map(Manifest.Read::version)
                .toList();
    }

    /** Returns whether there is a version of the given number. */
    boolean has(String model, long version) {
        return registry.manifest(model, version).isPresent();
    }

    /** @throws dev.reflux.common.failure.UsageException when there is no such version */
    StudentVersion require(String model, String versionOrAlias) {
        return registry.require(model, versionOrAlias);
    }

    /** Returns the id of the key that a version names as its signer; {@link RegistryReader#distrust} verifies it. */
    public Optional<String> signedBy(StudentVersion version) {
        return registry.manifest(version.model(), version.version())
                .flatMap(Manifest.Read::signature)
                .map(Signature::keyId);
    }

    /** Returns every alias of a model line with the version that it points at. */
    public Map<String, Long> aliases(String model) {
        return aliases(model, "", Integer.MAX_VALUE);
    }

    /**
     * Returns a part of the aliases of a model line with the versions that they point at, sorted by alias.
     *
     * @param after name after which the part begins
     * @param limit largest number of aliases
     */
    public Map<String, Long> aliases(String model, String after, int limit) {
        Map<String, Long> found = new TreeMap<>();
        new FolderNames(source, BucketLayout.aliases(model)).after(after, limit).forEach(alias -> registry.current(
                        model, alias)
                .ifPresent(change -> found.put(alias, change.version())));
        return found;
    }

    /** Returns the changes of an alias, ascending; empty when there is no such alias. */
    public List<AliasChange> history(String model, String alias) {
        return history(model, alias, 1, Integer.MAX_VALUE);
    }

    /**
     * Returns a part of the changes of an alias, ascending; empty when there is no such alias.
     *
     * @param from lowest number of a change
     * @param limit largest number of changes
     */
    public List<AliasChange> history(String model, String alias, long from, int limit) {
        return pointers(model, alias, from, limit).stream()
                .map(AliasPointer::change)
                .toList();
    }

    /** Returns the changes of an alias with their signatures, ascending. */
    List<AliasPointer> pointers(String model, String alias) {
        return pointers(model, alias, 1, Integer.MAX_VALUE);
    }

    /**
     * Returns the newest changes of an alias, ascending; empty when there is no such alias.
     *
     * @param limit largest number of changes
     */
    public List<AliasChange> recentHistory(String model, String alias, int limit) {
        long highest = log(BucketLayout.alias(model, alias)).highest();
        return history(model, alias, Math.max(1, highest - limit + 1), limit);
    }

    private List<AliasPointer> pointers(String model, String alias, long from, int limit) {
        LogReader log = log(BucketLayout.alias(model, alias));
        return log.numbers(from, limit).stream()
                .flatMap(number ->
                        log.read(number).map(bytes -> AliasPointer.read(bytes, model, alias, number)).stream())
                .toList();
    }

    /** Returns the tags of a version by name. */
    public Map<String, String> tags(String model, long version) {
        LogReader log = log(BucketLayout.tags(model, version));
        return Tags.read(log, log.highest());
    }

    /** Returns a journal of a model line, such as "decisions". */
    public JournalReader journal(String model, String name) {
        Requirements.name(model, "model");
        Requirements.name(name, "journal");
        return new JournalReader(log(BucketLayout.journal(model, name)));
    }

    /**
     * Verifies every version, artifact and alias of a model line.
     *
     * @param trust requires a signature by one of its keys; empty: signatures are not checked
     */
    public CheckReport check(String model, Optional<TrustFile> trust) {
        return new RegistryCheck(source, model, trust).run();
    }

    private LogReader log(LogKeys keys) {
        return new LogReader(source, keys, heads);
    }
}
