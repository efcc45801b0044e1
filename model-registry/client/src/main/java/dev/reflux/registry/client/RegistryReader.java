package dev.reflux.registry.client;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.AliasPointer;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.RegistryNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.TrustFile;
import java.util.List;
import java.util.Optional;

/**
 * Finds student versions and says whether they can be trusted: the part of a registry that a vehicle has.
 *
 * <ol>
 *   <li>A version is visible whole or not at all, and never changes.
 *   <li>An object of which any byte was changed is refused with a {@link RegistryException}.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
public final class RegistryReader implements AutoCloseable {

    private final ObjectSource source;
    private final LogHeadCache heads;

    /** Creates a reader, which closes the source when it is closed. */
    public RegistryReader(ObjectSource source) {
        this(source, new LogHeadCache());
    }

    /** Creates a reader that shares what it has seen. */
    public RegistryReader(ObjectSource source, LogHeadCache heads) {
        this.source = source;
        this.heads = heads;
    }

    /**
     * Returns a version; empty when there is none.
     *
     * @param versionOrAlias a number, or an alias such as "latest"
     */
    public Optional<StudentVersion> resolve(String model, String versionOrAlias) {
        if (RegistryNames.isNumber(versionOrAlias)) {
            return manifest(model, Long.parseLong(versionOrAlias)).map(Manifest.Read::version);
        }
        return current(model, versionOrAlias)
                .flatMap(change -> manifest(model, change.version()))
                .map(Manifest.Read::version);
    }

    /**
     * Returns a version.
     *
     * @param versionOrAlias a number, or an alias such as "latest"
     * @throws UsageException when there is no such version
     */
    public StudentVersion require(String model, String versionOrAlias) {
        return resolve(model, versionOrAlias).orElseThrow(() -> missing(model, versionOrAlias));
    }

    private UsageException missing(String model, String versionOrAlias) {
        if (versionOrAlias.equals(AliasNames.CHAMPION)
                && current(model, AliasNames.LATEST).isPresent()) {
            return new UsageException(
                    "No version of the model \"" + model + "\" has passed the promotion gate yet; wait"
                            + " for a champion, or ask for \"" + AliasNames.LATEST + "\", which no gate has judged.");
        }
        return new UsageException("The registry has no \"" + versionOrAlias + "\" of model \"" + model
                + "\"; it has the models " + models() + ".");
    }

    /** Returns the version that an alias points at, and since when; empty when there is no such alias. */
    public Optional<AliasChange> current(String model, String alias) {
        return pointer(model, alias).map(AliasPointer::change);
    }

    /** Returns the names of the model lines, sorted. Costs a request for each of them. */
    public List<String> models() {
        return new FolderNames(source, "").after("", Integer.MAX_VALUE);
    }

    /** Returns why a version is not trusted, in a sentence; empty when one of the keys signed exactly this version. */
    public Optional<String> distrust(StudentVersion version, TrustFile trust) {
        Optional<Manifest.Read> read = manifest(version.model(), version.version());
        String which = version.model() + " version " + version.version();
        if (read.isEmpty()) {
            return Optional.of(which + " is not signed.");
        }
        return read.get().version().equals(version)
                ? read.get().distrust(trust)
                : Optional.of(which + " is not the one that the registry has.");
    }

    /**
     * Returns why the target of an alias is not trusted, in a sentence; empty when one of the keys signed exactly this
     * pointer, or when the trust file does not require signed aliases. A vehicle requires them always.
     */
    public Optional<String> distrustAlias(String model, String alias, TrustFile trust) {
        if (!trust.asksForSignedAliases()) {
            return Optional.empty();
        }
        Optional<AliasPointer> pointer = pointer(model, alias);
        return pointer.isEmpty()
                ? Optional.of("The alias " + alias + " of " + model + " (pointer 0) is not signed; point it with"
                        + " \"models promote --key\".")
                : pointer.get().distrust(trust);
    }

    /**
     * Returns the manifest of a version; empty when there is none.
     *
     * @throws RegistryException when the manifest is damaged, or is that of another version
     */
    public Optional<Manifest.Read> manifest(String model, long version) {
        RegistryNames.require(model, "model");
        LogReader log = versions(model);
        Optional<Manifest.Read> found = log.read(version).map(bytes -> Manifest.read(bytes, log.key(version)));
        found.map(Manifest.Read::version).ifPresent(there -> {
            if (there.version() != version || !there.model().equals(model)) {
                throw new RegistryException("The object " + log.key(version) + " is the manifest of " + there.model()
                        + " version " + there.version() + ": it was moved.");
            }
        });
        return found;
    }

    /** Returns the log of the manifests of a model line. */
    public LogReader versions(String model) {
        return new LogReader(source, BucketLayout.versions(model), heads, Optional.of(BucketLayout.removed(model)));
    }

    /** Returns the artifacts of versions. */
    public StudentFiles files() {
        return new StudentFiles(source);
    }

    /** Returns the deltas between versions. */
    public DeltaReader deltas() {
        return new DeltaReader(source, this);
    }

    /**
     * Returns the pointer of an alias that is in force; empty when there is no such alias.
     *
     * @throws RegistryException when the pointer is damaged, or is that of another alias
     * @throws UsageException when the names are none
     */
    public Optional<AliasPointer> pointer(String model, String alias) {
        RegistryNames.require(model, "model");
        RegistryNames.require(alias, "alias");
        LogReader log = new LogReader(source, BucketLayout.alias(model, alias), heads);
        long highest = log.highest();
        return log.read(highest).map(bytes -> AliasPointer.read(bytes, model, alias, highest));
    }

    @Override
    public void close() {
        source.close();
    }
}
