package dev.reflux.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Versions of students, and names that point at them. In the bucket, under the model's name:
 *
 * <pre>
 * blobs/SHA256                        bytes, named by what they are
 * versions/00000042/manifest.json     a version; its creation is the commit
 * aliases/latest/00000007.json        where a name points; the highest number wins
 * writers/00000003.json               who may write; the highest epoch wins
 * </pre>
 *
 * <ol>
 *   <li>A version is visible whole or not at all: its blobs are there before its manifest is.
 *   <li>Versions are numbered from 1 without gaps, and none ever changes.
 *   <li>A writer whose epoch is not the highest publishes nothing more.
 *   <li>Whatever is downloaded has the hash that the manifest gives, or is refused and removed.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
public final class ModelRegistry implements AutoCloseable {

    /** The name that always points at the newest version that was let through. */
    public static final String LATEST = "latest";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";

    private final ObjectStore store;
    private final Clock clock;

    public ModelRegistry(ObjectStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** @throws dev.reflux.registry.store.StoreException when the store cannot be reached or refuses the keys */
    public static ModelRegistry open(StoreSettings settings) {
        return new ModelRegistry(MinioStore.open(settings), Clock.systemUTC());
    }

    /** Takes a model line over: every writer opened before is stale from now on. Heals what a killed one left behind. */
    public Writer openWriter(String model, String writerName) {
        requireName(model, "model");
        long epoch = writers(model).append(next -> json(Map.of("writer", writerName)));
        long highest = versions(model).highest();
        if (highest > 0 && pointer(model, LATEST).map(p -> p < highest).orElse(true)) {
            // Killed between manifest and alias: the version is committed, so the name is owed.
            point(model, LATEST, highest);
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
        Map<Artifact, StudentVersion.Blob> blobs = new EnumMap<>(Artifact.class);
        candidate.files().forEach((artifact, file) -> blobs.put(artifact, upload(writer.model(), file)));
        StudentVersion[] committed = new StudentVersion[1];
        long number = versions(writer.model()).append(next -> {
            requireCurrent(writer);
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
            return Manifest.write(committed[0]);
        });
        point(writer.model(), LATEST, number);
        return committed[0];
    }

    /** Points a name at a version. Names are for people; a number is never one. */
    public void alias(String model, String alias, long version) {
        requireName(alias, "alias");
        if (alias.matches("\\d+")) {
            throw new UsageException("An alias cannot be a number such as \"" + alias + "\"; choose a word.");
        }
        if (manifest(model, version).isEmpty()) {
            throw new UsageException(model + " has no version " + version + "; see its versions for those there are.");
        }
        point(model, alias, version);
    }

    /** @param versionOrAlias a number or a name such as "latest" */
    public Optional<StudentVersion> resolve(String model, String versionOrAlias) {
        if (versionOrAlias.matches("\\d{1,8}")) {
            return manifest(model, Long.parseLong(versionOrAlias));
        }
        return pointer(model, versionOrAlias).flatMap(version -> manifest(model, version));
    }

    /** As {@link #resolve}. @throws UsageException when there is no such version */
    public StudentVersion require(String model, String versionOrAlias) {
        return resolve(model, versionOrAlias)
                .orElseThrow(() -> new UsageException("The registry has no \"" + versionOrAlias + "\" of model \""
                        + model + "\"; it has the models " + models() + "."));
    }

    /** Every version, ascending. */
    public List<StudentVersion> versions(String model, long from) {
        return versions(model).numbers().stream()
                .filter(number -> number >= from)
                .map(number -> manifest(model, number))
                .flatMap(Optional::stream)
                .toList();
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

    /** Hash of a version's manifest, lower-case hex. */
    public static String manifestSha256(StudentVersion version) {
        return Sha256.hex(Manifest.write(version));
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
                Files.delete(part);
                throw new RegistryException(
                        artifact.fileName() + " of " + version.model() + " version " + version.version()
                                + " is not the one its manifest names: its sha256 differs, and it is refused.");
            }
            Files.move(part, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        store.close();
    }

    private StudentVersion.Blob upload(String model, Path file) {
        try {
            String sha256 = Sha256.hex(file);
            String key = model + "/blobs/" + sha256;
            if (!store.exists(key)) {
                store.put(key, file);
            }
            return new StudentVersion.Blob(key, sha256, Files.size(file));
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

    private Optional<StudentVersion> manifest(String model, long version) {
        NumberedLog log = versions(model);
        return log.read(version).map(bytes -> Manifest.read(bytes, log.key(version)));
    }

    private Optional<Long> pointer(String model, String alias) {
        NumberedLog log = aliases(model, alias);
        long highest = log.highest();
        return highest == 0
                ? Optional.empty()
                : log.read(highest)
                        .map(bytes ->
                                parse(bytes, log.key(highest)).path("version").asLong());
    }

    private void point(String model, String alias, long version) {
        String at = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        aliases(model, alias).append(next -> json(Map.of("version", version, "at", at)));
    }

    private NumberedLog versions(String model) {
        return new NumberedLog(store, model + "/versions/", "/manifest.json");
    }

    private NumberedLog aliases(String model, String alias) {
        return new NumberedLog(store, model + "/aliases/" + alias + "/", ".json");
    }

    private NumberedLog writers(String model) {
        return new NumberedLog(store, model + "/writers/", ".json");
    }

    private static void requireName(String name, String what) {
        if (!name.matches(NAME)) {
            throw new UsageException("\"" + name + "\" cannot name a " + what
                    + "; use lower-case letters, digits, dots, dashes and underscores, 63 at most.");
        }
    }

    private static byte[] json(Map<String, ?> entries) {
        return JSON.valueToTree(new java.util.TreeMap<>(entries)).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode parse(byte[] bytes, String key) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new RegistryException("The object " + key + " is damaged.", e);
        }
    }
}
