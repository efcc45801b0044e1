package dev.reflux.fleet.pull;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.fleet.pull.RefusedStudentException.Reason;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a version whose manifest was verified: by the cheapest chain of deltas, or whole. Nothing is read, written or
 * allocated beyond the lengths of verified manifests. Blocks on network and disk. One caller at a time.
 */
final class StudentFetcher {

    private static final Logger LOG = LoggerFactory.getLogger(StudentFetcher.class);
    private static final long ROOM = 1 << 16;

    private final RegistryReader registry;
    private final StudentFolder folder;
    private final PullPolicy policy;

    StudentFetcher(RegistryReader registry, StudentFolder folder, PullPolicy policy) {
        this.registry = registry;
        this.folder = folder;
        this.policy = policy;
    }

    /**
     * Returns the student, complete on disk and not in use yet.
     *
     * @throws RefusedStudentException when its files are not those of its manifest, or the disk has no room for them
     */
    PulledStudent fetch(StudentVersion version, Optional<PulledStudent> inUse) {
        requireRoom(version);
        Path part = folder.begin(version.version());
        boolean complete = false;
        try {
            if (inUse.isEmpty() || !byDeltas(version, inUse.get(), part)) {
                for (Artifact artifact : version.artifacts().keySet()) {
                    registry.files().download(version, artifact, part.resolve(artifact.fileName()));
                }
            }
            ModelCard.read(part.resolve(Artifact.CARD.fileName())).verify(part.resolve(Artifact.STUDENT.fileName()));
            PulledStudent student = folder.finish(version, part);
            complete = true;
            return student;
        } catch (RegistryException | UsageException e) {
            throw new RefusedStudentException(Reason.DAMAGED, named(version) + " is refused: " + e.getMessage(), e);
        } finally {
            if (!complete) {
                folder.discard(part);
            }
        }
    }

    private void requireRoom(StudentVersion version) {
        long room = folder.usableBytes();
        long needed = version.bytes() + ROOM;
        if (room > 0 && room < needed) {
            throw new RefusedStudentException(
                    Reason.DISK,
                    named(version) + " needs " + needed + " bytes, and " + folder.root() + " has room for " + room
                            + ": it is not taken; free some space, the student in use stays.");
        }
    }

    private boolean byDeltas(StudentVersion version, PulledStudent inUse, Path part) {
        Map<Artifact, byte[]> files;
        List<DeltaRecord> chain;
        try {
            chain = registry.deltas().cheapestChain(inUse.version(), version);
            if (chain.isEmpty()) {
                return false;
            }
            files = apply(chain, version, inUse);
        } catch (RegistryException | IOException e) {
            LOG.warn("{} is fetched whole: {}", named(version), e.getMessage());
            return false;
        }
        write(files, version, part);
        LOG.info(
                "{} came as {} deltas of {} bytes.",
                named(version),
                chain.size(),
                chain.stream().mapToLong(delta -> delta.blob().bytes()).sum());
        return true;
    }

    private Map<Artifact, byte[]> apply(List<DeltaRecord> chain, StudentVersion version, PulledStudent inUse)
            throws IOException {
        Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
        for (Artifact artifact : Artifact.values()) {
            Path file = inUse.folder().resolve(artifact.fileName());
            if (Files.exists(file)) {
                files.put(artifact, Files.readAllBytes(file));
            }
        }
        for (DeltaRecord delta : chain) {
            boolean last = delta.to() == version.version();
            files = registry.deltas().apply(delta, files, last ? version : step(delta));
        }
        for (Map.Entry<Artifact, byte[]> file : files.entrySet()) {
            // The hashes of the manifest whose signature was verified.
            if (!Sha256.hex(file.getValue()).equals(version.blob(file.getKey()).sha256())) {
                throw new RegistryException(file.getKey().fileName() + " is not the one that the manifest names.");
            }
        }
        return files;
    }

    /** The lengths of a step are allocated: its manifest is verified as that of the last one. */
    private StudentVersion step(DeltaRecord delta) {
        Manifest.Read step = registry.manifest(delta.model(), delta.to())
                .orElseThrow(() -> new RegistryException(
                        delta.model() + " version " + delta.to() + ", a step of the chain, is missing."));
        policy.trust().flatMap(step::distrust).ifPresent(why -> {
            throw new RegistryException(why);
        });
        return step.version();
    }

    private static void write(Map<Artifact, byte[]> files, StudentVersion version, Path part) {
        for (Map.Entry<Artifact, byte[]> file : files.entrySet()) {
            Path made = part.resolve(file.getKey().fileName());
            try {
                Files.write(made, file.getValue());
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The file " + made + " of version " + version.version() + " cannot be written ("
                                + e.getMessage() + ").",
                        e);
            }
        }
    }

    private static String named(StudentVersion version) {
        return version.model() + " version " + version.version();
    }
}
