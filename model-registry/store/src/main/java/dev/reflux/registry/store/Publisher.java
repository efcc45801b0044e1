package dev.reflux.registry.store;

import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.SealedJson;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Publishes versions.
 *
 * <ol>
 *   <li>A version is visible whole or not at all: its artifacts are stored before its manifest is created.
 *   <li>Versions are numbered from 1 without gaps, and none ever changes.
 *   <li>Epochs never fall from one version to the next. A writer that was superseded publishes nothing more, except for
 *       the one commit that may be under way at that moment, which precedes everything of its successor.
 *   <li>{@link AliasNames#LATEST} never goes back by itself, only by {@link Aliases#point}; a rollback lasts until the
 *       next publication.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
public final class Publisher {

    /** Half of the age that an unnamed file has at least before a reaper removes it. */
    static final Duration LONGEST_PUBLICATION = Duration.ofMinutes(30);

    private final ObjectStore store;
    private final LogHeadCache heads;
    private final Clock clock;
    private final Optional<SigningKey> key;
    private final Aliases aliases;

    /** @param key signs the manifests; empty for unsigned ones */
    Publisher(ObjectStore store, LogHeadCache heads, Clock clock, Optional<SigningKey> key, Aliases aliases) {
        this.store = store;
        this.heads = heads;
        this.clock = clock;
        this.key = key;
        this.aliases = aliases;
    }

    /**
     * Takes over a model line: every writer opened before is stale from now on. Completes the publication of a writer
     * that was killed between its manifest and its alias.
     */
    public Writer openWriter(String model, String writerName) {
        Requirements.name(model, "model");
        long epoch = writers(model)
                .append(next -> Optional.of(SealedJson.seal(
                        Map.of("writer", writerName, "nonce", UUID.randomUUID().toString()), Optional.empty())));
        long highest = versions(model).reader().highest();
        if (highest > 0) {
            aliases.advance(model, AliasNames.LATEST, highest, writerName, "published by a writer that was killed");
        }
        return new Writer(model, writerName, epoch);
    }

    /**
     * Publishes the next version and points {@link AliasNames#LATEST} at it.
     *
     * @throws StaleWriterException when another writer has taken over
     */
    public StudentVersion publish(Writer writer, CandidateStudent candidate) {
        requireCurrent(writer);
        long began = System.nanoTime();
        BlobUpload upload = new BlobUpload(store, writer.model());
        Map<Artifact, StudentVersion.Blob> blobs = upload(upload, candidate);
        Lineage lineage = candidate
                .fates()
                .map(file -> candidate.lineage().withFates(upload.put(file)))
                .orElse(candidate.lineage());
        StudentVersion[] committed = new StudentVersion[1];
        long number = versions(writer.model()).append(next -> {
            requireCurrent(writer);
            requireInTime(writer, began);
            committed[0] = version(writer, next, blobs, lineage, candidate);
            byte[] body = Manifest.canonical(committed[0]);
            return Optional.of(Manifest.write(committed[0], key.map(signer -> signer.sign(body))));
        });
        aliases.advance(writer.model(), AliasNames.LATEST, number, writer.name(), "published");
        return committed[0];
    }

    private StudentVersion version(
            Writer writer,
            long number,
            Map<Artifact, StudentVersion.Blob> blobs,
            Lineage lineage,
            CandidateStudent candidate) {
        return new StudentVersion(
                writer.model(),
                number,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                writer.name(),
                writer.epoch(),
                blobs,
                lineage,
                candidate.metrics(),
                candidate.config());
    }

    /** No other attempt ever names these objects, so a reaper can judge them by their age alone. */
    private Map<Artifact, StudentVersion.Blob> upload(BlobUpload upload, CandidateStudent candidate) {
        Map<Artifact, StudentVersion.Blob> blobs = new EnumMap<>(Artifact.class);
        candidate.files().forEach((artifact, file) -> blobs.put(artifact, upload.put(file)));
        return blobs;
    }

    /**
     * Points {@link AliasNames#LATEST} at a version whose publication was interrupted behind its commit.
     *
     * @throws StaleWriterException when another writer has taken over
     */
    public void complete(Writer writer, StudentVersion committed) {
        requireCurrent(writer);
        aliases.advance(
                writer.model(),
                AliasNames.LATEST,
                committed.version(),
                writer.name(),
                "published after an interruption");
    }

    private void requireCurrent(Writer writer) {
        long highest = writers(writer.model()).reader().highest();
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

    private NumberedLog versions(String model) {
        return new NumberedLog(store, new RegistryReader(store, heads).versions(model));
    }

    private NumberedLog writers(String model) {
        return new NumberedLog(store, BucketLayout.writers(model), heads);
    }
}
