package dev.reflux.registry;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.signing.Signature;
import dev.reflux.registry.signing.SigningKey;
import dev.reflux.registry.signing.TrustFile;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Versions of students, and names that point at them. In the bucket, under the model's name:
 *
 * <pre>
 * blobs/SHA256-ATTEMPT                bytes, named by what they are and by who tried to publish them
 * versions/00000042/manifest.json     a version; its creation is the commit
 * aliases/latest/00000007.json        where a name points; the highest number wins
 * deltas/00000042/00000041.json       the delta that makes a version of another
 * tags/00000042/00000002.json         what people say of a version; the highest number wins
 * decisions/00000009.json             what the gate decided, with its figures
 * removed/00000041.json               manifest of a version that a reaper removed
 * writers/00000003.json               who may write; the highest epoch wins
 * </pre>
 *
 * <ol>
 *   <li>A version is visible whole or not at all: its blobs are there before its manifest is.
 *   <li>Versions are numbered from 1 without gaps, and none ever changes.
 *   <li>Epochs never fall from one version to the next. A writer that was taken over publishes nothing more, but for
 *       the one commit that may be on its way at that moment, and that one comes before anything of its successor's.
 *   <li>{@link #LATEST} never goes back by itself, only by {@link #alias}; a rollback lasts until the next publication.
 *   <li>Whatever is downloaded has the hash that the manifest gives, or is refused and removed; an object of the
 *       registry's own of which any byte was changed is refused.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
public final class ModelRegistry implements AutoCloseable {

    /** The name that always points at the newest version that was let through. */
    public static final String LATEST = "latest";

    /** Half of what a reaper waits at least before it takes a file for forgotten. */
    static final Duration LONGEST_PUBLICATION = Duration.ofMinutes(30);

    private static final String VERSIONS = "/versions/";
    private static final String MANIFEST = "/manifest.json";
    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";

    private final ObjectStore store;
    private final Clock clock;
    private final Optional<SigningKey> key;
    private final HighWater seen = new HighWater();

    public ModelRegistry(ObjectStore store, Clock clock) {
        this(store, clock, Optional.empty());
    }

    /** @param key signs what is published and where names point; empty: nothing does */
    public ModelRegistry(ObjectStore store, Clock clock, Optional<SigningKey> key) {
        this.store = store;
        this.clock = clock;
        this.key = key;
    }

    /** @throws dev.reflux.registry.store.StoreException when the store cannot be reached or refuses the keys */
    public static ModelRegistry open(StoreSettings settings) {
        return new ModelRegistry(MinioStore.open(settings), Clock.systemUTC());
    }

    /** As {@link #open(StoreSettings)}, and signs what it publishes. */
    public static ModelRegistry open(StoreSettings settings, SigningKey key) {
        return new ModelRegistry(MinioStore.open(settings), Clock.systemUTC(), Optional.of(key));
    }

    /** Takes a model line over: every writer opened before is stale from now on. Heals what a killed one left behind. */
    public Writer openWriter(String model, String writerName) {
        requireName(model, "model");
        long epoch = writers(model)
                .append(next -> Optional.of(SealedJson.seal(
                        Map.of("writer", writerName, "nonce", UUID.randomUUID().toString()), Optional.empty())));
        long highest = versions(model).highest();
        if (highest > 0) {
            // Killed between manifest and alias: the version is committed, so the name is owed.
            aliases(model, LATEST).advance(highest, writerName, "published, and owed since a writer was killed");
        }
        return new Writer(model, writerName, epoch);
    }

    /**
     * Publishes the next version and points {@link #LATEST} at it.
     *
     * @throws StaleWriterException when another writer has taken over
     */
    public StudentVersion publish(Writer writer, CandidateStudent candidate) {
        requireCurrent(writer);
        long began = System.nanoTime();
        String attempt = UUID.randomUUID().toString().substring(0, 8);
        Map<Artifact, StudentVersion.Blob> blobs = new EnumMap<>(Artifact.class);
        candidate.files().forEach((artifact, file) -> blobs.put(artifact, upload(writer.model(), file, attempt)));
        StudentVersion[] committed = new StudentVersion[1];
        long number = versions(writer.model()).append(next -> {
            requireCurrent(writer);
            requireInTime(writer, began);
            committed[0] = new StudentVersion(
                    writer.model(),
                    next,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    writer.name(),
                    writer.epoch(),
                    blobs,
                    candidate.lineage(),
                    candidate.metrics(),
                    candidate.config());
            byte[] body = Manifest.canonical(committed[0]);
            return Optional.of(Manifest.write(committed[0], key.map(signer -> signer.sign(body))));
        });
        aliases(writer.model(), LATEST).advance(number, writer.name(), "published");
        return committed[0];
    }

    /** Points a name at a version. Names are for people; a number is never one. */
    public void alias(String model, String alias, long version) {
        alias(model, alias, version, "a person", "");
    }

    /**
     * Points a name at a version.
     *
     * @param by who wants it
     * @param reason for the history
     */
    public void alias(String model, String alias, long version, String by, String reason) {
        requireName(alias, "alias");
        if (alias.matches("\\d+")) {
            throw new UsageException("An alias cannot be a number such as \"" + alias + "\"; choose a word.");
        }
        requireThere(model, version);
        aliases(model, alias).point(version, by, reason);
        // A reaper that did not see the alias may have removed the version meanwhile; it looks again, and so do we.
        requireThere(model, version);
    }

    private void requireThere(String model, long version) {
        if (manifest(model, version).isEmpty()) {
            throw new UsageException(model + " has no version " + version + "; see its versions for those there are.");
        }
    }

    /** Where a name points now, and since when. */
    public Optional<AliasChange> current(String model, String alias) {
        return aliases(model, alias).current();
    }

    /** What a name has pointed at, ascending; empty when there is no such name. */
    public List<AliasChange> history(String model, String alias) {
        return history(model, alias, 1, Long.MAX_VALUE);
    }

    /**
     * Returns a part of the changes of an alias, ascending; empty when there is no such alias.
     *
     * @param from lowest number of a change
     * @param limit largest number of changes
     */
    public List<AliasChange> history(String model, String alias, long from, long limit) {
        return aliases(model, alias).history(from, limit);
    }

    /** Every name of a model and the version that it points at. */
    public Map<String, Long> aliases(String model) {
        return aliases(model, "", Long.MAX_VALUE);
    }

    /**
     * Returns a part of the aliases of a model and the versions that they point at, sorted by alias.
     *
     * @param after name after which the part begins
     * @param limit largest number of aliases
     */
    public Map<String, Long> aliases(String model, String after, long limit) {
        String prefix = model + "/aliases/";
        Map<String, Long> found = new TreeMap<>();
        store.list(prefix).stream()
                .map(object -> object.key().substring(prefix.length()).replaceFirst("/.*", ""))
                .filter(alias -> alias.compareTo(after) > 0)
                .sorted()
                .distinct()
                .limit(limit)
                .forEach(alias ->
                        aliases(model, alias).current().ifPresent(change -> found.put(alias, change.version())));
        return found;
    }

    /** @param versionOrAlias a number or a name such as "latest" */
    public Optional<StudentVersion> resolve(String model, String versionOrAlias) {
        if (versionOrAlias.matches("\\d{1,8}")) {
            return manifest(model, Long.parseLong(versionOrAlias));
        }
        return aliases(model, versionOrAlias).current().flatMap(change -> manifest(model, change.version()));
    }

    /** As {@link #resolve}. @throws UsageException when there is no such version */
    public StudentVersion require(String model, String versionOrAlias) {
        return resolve(model, versionOrAlias)
                .orElseThrow(() -> new UsageException("The registry has no \"" + versionOrAlias + "\" of model \""
                        + model + "\"; it has the models " + models() + "."));
    }

    /** Every version, ascending. */
    public List<StudentVersion> versions(String model, long from) {
        return versions(model, from, Long.MAX_VALUE);
    }

    /**
     * Returns a part of the versions of a model, ascending.
     *
     * @param from lowest number
     * @param limit largest number of versions
     */
    public List<StudentVersion> versions(String model, long from, long limit) {
        return versions(model).numbers().stream()
                .filter(number -> number >= from)
                .limit(limit)
                .map(number -> manifest(model, number))
                .flatMap(Optional::stream)
                .toList();
    }

    /** A version's tags. */
    public Map<String, String> tags(String model, long version) {
        return new TagLog(store, model, version).read();
    }

    /**
     * Tags a version.
     *
     * @param value empty takes the tag away
     */
    public void tag(String model, long version, String name, Optional<String> value) {
        requireName(name, "tag");
        requireThere(model, version);
        new TagLog(store, model, version).put(name, value);
    }

    /** What happened to a model, such as its promotions. */
    public Journal journal(String model, String name) {
        requireName(model, "model");
        requireName(name, "journal");
        return new Journal(store, seen, model, name);
    }

    /** Shorter ways from version to version. */
    public Deltas deltas() {
        return new Deltas(store, this);
    }

    /**
     * Removes versions that a policy does not keep, and files that nothing names.
     *
     * @param dryRun tells what would be removed, and removes nothing; of files, those that are named by nothing now
     */
    public ReapReport reap(String model, RetentionPolicy policy, boolean dryRun) {
        return new Reaper(store, this, clock, model).reap(policy, dryRun);
    }

    /**
     * Walks everything of a model line.
     *
     * @param trust when given, every version must be signed by one of its keys
     */
    public CheckReport check(String model, Optional<TrustFile> trust) {
        return new RegistryCheck(store, this, model, trust).run();
    }

    /** Why a version is not to be trusted, in a sentence; empty when one of the keys signed exactly this version. */
    public Optional<String> distrust(StudentVersion version, TrustFile trust) {
        String which = version.model() + " version " + version.version();
        Optional<Signature> signature = read(version.model(), version.version()).flatMap(Manifest.Read::signature);
        if (signature.isEmpty()) {
            return Optional.of(which + " is not signed.");
        }
        String by = signature.get().keyId();
        return switch (trust.judge(Manifest.canonical(version), signature.get())) {
            case GOOD -> Optional.empty();
            case UNKNOWN_KEY ->
                Optional.of(which + " is signed with key " + by + ", which is not among the trusted ones "
                        + trust.keyIds() + ".");
            case WRONG -> Optional.of(which + " carries a signature of key " + by + " that does not fit it.");
        };
    }

    /**
     * Why where a name points is not to be trusted, in a sentence; empty when one of the keys signed exactly this pointer,
     * or the trust file does not ask for signed ones.
     */
    public Optional<String> distrustAlias(String model, String alias, TrustFile trust) {
        return trust.asksForSignedAliases() ? aliases(model, alias).distrust(trust) : Optional.empty();
    }

    /** As {@link #distrustAlias}, of everything that a name has pointed at. */
    List<String> distrustHistory(String model, String alias, TrustFile trust) {
        return trust.asksForSignedAliases() ? aliases(model, alias).distrustHistory(trust) : List.of();
    }

    /** Id of the key that a version says it was signed with; whether that is so, {@link #distrust} tells. */
    public Optional<String> signedBy(StudentVersion version) {
        return read(version.model(), version.version())
                .flatMap(Manifest.Read::signature)
                .map(Signature::keyId);
    }

    /** Names of the model lines, sorted. */
    public List<String> models() {
        return store.list("").stream()
                .map(object -> object.key().replaceFirst("/.*", ""))
                .distinct()
                .sorted()
                .toList();
    }

    /** Key of a version's manifest, as it travels in StudentVersionPublished. */
    public String manifestKey(StudentVersion version) {
        return versions(version.model()).key(version.version());
    }

    /** Hash of a version's manifest without its seal, lower-case hex. */
    public static String manifestSha256(StudentVersion version) {
        return Sha256.hex(Manifest.canonical(version));
    }

    /**
     * Copies an artifact to a file, which appears whole or not at all.
     *
     * @throws RegistryException when the bytes are not the manifest's
     */
    public void download(StudentVersion version, Artifact artifact, Path target) {
        StudentVersion.Blob blob = version.blob(artifact);
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try (InputStream in = store.open(blob.key())
                .orElseThrow(() -> new RegistryException(artifact.fileName() + " of " + version.model() + " version "
                        + version.version() + " is missing from the store."))) {
            Files.copy(in, part, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            if (!Sha256.hex(part).equals(blob.sha256())) {
                throw new RegistryException(
                        artifact.fileName() + " of " + version.model() + " version " + version.version()
                                + " is not the one its manifest names: its sha256 differs, and it is refused.");
            }
            Files.move(part, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            remove(part);
        }
    }

    private static void remove(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        store.close();
    }

    /** Nobody else ever names the objects of this attempt, so whether a reaper may have them is a matter of age alone. */
    private StudentVersion.Blob upload(String model, Path file, String attempt) {
        try {
            String sha256 = Sha256.hex(file);
            String blob = model + "/blobs/" + sha256 + "-" + attempt;
            store.put(blob, file);
            return new StudentVersion.Blob(blob, sha256, Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireCurrent(Writer writer) {
        long highest = writers(writer.model()).highest();
        if (highest != writer.epoch()) {
            throw new StaleWriterException(writer.model(), writer.epoch(), highest);
        }
    }

    private static void requireInTime(Writer writer, long began) {
        if (System.nanoTime() - began > LONGEST_PUBLICATION.toNanos()) {
            throw new RegistryException("A publication of " + writer.model() + " took over "
                    + LONGEST_PUBLICATION.toMinutes() + " minutes and is given up, since its files may be cleared"
                    + " away; publish again.");
        }
    }

    private Optional<StudentVersion> manifest(String model, long version) {
        return read(model, version).map(Manifest.Read::version);
    }

    private Optional<Manifest.Read> read(String model, long version) {
        NumberedLog log = versions(model);
        Optional<Manifest.Read> found = log.read(version).map(bytes -> Manifest.read(bytes, log.key(version)));
        found.map(Manifest.Read::version).ifPresent(there -> {
            if (there.version() != version || !there.model().equals(model)) {
                throw new RegistryException("The object " + log.key(version) + " is the manifest of " + there.model()
                        + " version " + there.version() + ": somebody moved it.");
            }
        });
        return found;
    }

    private AliasLog aliases(String model, String alias) {
        return new AliasLog(store, seen, clock, model, alias, key);
    }

    private NumberedLog versions(String model) {
        return new NumberedLog(store, model + VERSIONS, MANIFEST, seen, Optional.of(Reaper.removedLog(store, model)));
    }

    static NumberedLog versionLog(ObjectStore store, String model) {
        return new NumberedLog(store, model + VERSIONS, MANIFEST);
    }

    private NumberedLog writers(String model) {
        return new NumberedLog(store, model + "/writers/", ".json", seen, Optional.empty());
    }

    private static void requireName(String name, String what) {
        if (!name.matches(NAME)) {
            throw new UsageException("\"" + name + "\" cannot name a " + what
                    + "; use lower-case letters, digits, dots, dashes and underscores, 63 at most.");
        }
    }
}
