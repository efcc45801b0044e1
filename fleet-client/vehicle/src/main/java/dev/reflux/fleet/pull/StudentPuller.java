package dev.reflux.fleet.pull;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.fleet.pull.RefusedStudentException.Reason;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls students into the folder of a vehicle.
 *
 * <ol>
 *   <li>What {@link #current} returns was downloaded whole and has the hashes of its manifest.
 *   <li>After a kill at any point, the folder has the old student or the new one in use, never a mixture.
 *   <li>A student that is refused changes nothing: the one in use stays.
 *   <li>Where a chain of deltas from the student in use is shorter than the new student, the chain is fetched. It yields the
 *       same files; if it fails, the student is fetched whole.
 *   <li>When the files in use are damaged later, the newest intact version on disk is used again.
 * </ol>
 *
 * Blocks on network and disk. Any thread, one call at a time for a folder.
 */
public final class StudentPuller {

    private static final Logger LOG = LoggerFactory.getLogger(StudentPuller.class);

    private final RegistryReader registry;
    private final String model;
    private final StudentFolder folder;
    private final PullPolicy policy;

    /**
     * Creates a puller.
     *
     * @param folder the folder of the vehicle for this model line; created when it does not exist
     * @throws UsageException when the folder cannot be used
     */
    public StudentPuller(RegistryReader registry, String model, Path folder, PullPolicy policy) {
        this.registry = registry;
        this.model = model;
        this.folder = new StudentFolder(folder.toAbsolutePath());
        this.policy = policy;
    }

    /** Verifies and returns the student in use; the last good one if that is damaged; empty when there is none. */
    public Optional<PulledStudent> current() {
        Optional<Long> inUse = folder.currentVersion();
        if (inUse.isEmpty()) {
            return Optional.empty();
        }
        Optional<PulledStudent> student = folder.intact(inUse.get());
        return student.isPresent() ? student : lastGood(inUse.get());
    }

    private Optional<PulledStudent> lastGood(long damaged) {
        for (long version : folder.versions()) {
            Optional<PulledStudent> good = folder.intact(version);
            if (good.isPresent()) {
                LOG.warn("{} version {} is damaged on disk; version {} is in use again.", model, damaged, version);
                folder.use(good.get());
                return good;
            }
        }
        LOG.warn("{} version {} is damaged on disk, and there is no other.", model, damaged);
        return Optional.empty();
    }

    /**
     * Fetches a version unless it is in use already, verifies it and makes it the current one.
     *
     * @param versionOrAlias a number, or an alias such as "latest"
     * @throws RefusedStudentException when the vehicle refuses it; the one in use stays
     * @throws UsageException when the registry has no such version
     */
    public PulledStudent pull(String versionOrAlias) {
        refuseForeignAlias(versionOrAlias);
        StudentVersion version = find(versionOrAlias);
        Optional<PulledStudent> inUse = current();
        inUse.ifPresent(student -> refuseForeignFolder(student, version));
        if (inUse.isPresent() && inUse.get().version() == version.version()) {
            return inUse.get();
        }
        refuseUnwanted(version, inUse);
        PulledStudent student = folder.intact(version.version())
                .filter(kept -> folder.isOf(kept, version))
                .orElseGet(() -> download(version, inUse));
        folder.use(student);
        folder.prune(policy.keep());
        LOG.info("{} version {} is in use.", model, student.version());
        return student;
    }

    private void refuseForeignAlias(String versionOrAlias) {
        if (versionOrAlias.matches("\\d+")) {
            return;
        }
        try {
            policy.trust()
                    .flatMap(keys -> registry.distrustAlias(model, versionOrAlias, keys))
                    .ifPresent(why -> {
                        throw new RefusedStudentException(
                                Reason.NOT_TRUSTED, why.replaceFirst("\\.$", "") + ": it is refused.");
                    });
        } catch (RegistryException e) {
            throw new RefusedStudentException(
                    Reason.DAMAGED, model + " " + versionOrAlias + " is refused: " + e.getMessage(), e);
        }
    }

    private StudentVersion find(String versionOrAlias) {
        try {
            return registry.require(model, versionOrAlias);
        } catch (RegistryException e) {
            throw new RefusedStudentException(
                    Reason.DAMAGED, model + " " + versionOrAlias + " is refused: " + e.getMessage(), e);
        }
    }

    /** Versions of two registries have the same numbers, so that a number alone would pass for the other's student. */
    private void refuseForeignFolder(PulledStudent inUse, StudentVersion wanted) {
        String holds =
                "The folder " + folder.root() + " holds version " + inUse.version() + " of the model " + inUse.model();
        if (!inUse.model().equals(model)) {
            throw new RefusedStudentException(
                    Reason.FOREIGN_FOLDER, holds + "; give the model " + model + " another folder.");
        }
        if (isForeign(inUse, wanted)) {
            throw new RefusedStudentException(
                    Reason.FOREIGN_FOLDER,
                    holds + " from another registry; give this registry another folder, or remove that one.");
        }
    }

    private boolean isForeign(PulledStudent inUse, StudentVersion wanted) {
        if (inUse.version() == wanted.version()) {
            return !folder.isOf(inUse, wanted);
        }
        try {
            return registry.resolve(model, String.valueOf(inUse.version()))
                    .map(same -> !folder.isOf(inUse, same))
                    // A version that was reaped is below the highest one.
                    .orElseGet(() -> registry.versions(model).highest() < inUse.version());
        } catch (RegistryException e) {
            LOG.warn("The manifest of {} version {} in use cannot be read: {}", model, inUse.version(), e.getMessage());
            return false;
        }
    }

    private void refuseUnwanted(StudentVersion version, Optional<PulledStudent> inUse) {
        policy.trust().flatMap(keys -> registry.distrust(version, keys)).ifPresent(why -> {
            throw new RefusedStudentException(Reason.NOT_TRUSTED, why.replaceFirst("\\.$", "") + ": it is refused.");
        });
        long now = inUse.map(PulledStudent::version).orElse(0L);
        if (version.version() < now && !policy.allowDowngrade()) {
            throw new RefusedStudentException(
                    Reason.DOWNGRADE,
                    model + " version " + version.version() + " is older than version " + now
                            + " in use and is refused; allow a downgrade to take it.");
        }
        String schema = version.lineage().labelSchemaId();
        if (policy.labelSchema().isPresent() && !policy.labelSchema().get().equals(schema)) {
            throw new RefusedStudentException(
                    Reason.WRONG_LABEL_SCHEMA,
                    model + " version " + version.version()
                            + " has label schema " + schema + ", this vehicle "
                            + policy.labelSchema().get()
                            + ": it is refused.");
        }
    }

    private PulledStudent download(StudentVersion version, Optional<PulledStudent> inUse) {
        Path part = folder.begin(version.version());
        try {
            if (inUse.isEmpty() || !byDeltas(version, inUse.get(), part)) {
                for (Artifact artifact : version.artifacts().keySet()) {
                    registry.files().download(version, artifact, part.resolve(artifact.fileName()));
                }
            }
            ModelCard.read(part.resolve(Artifact.CARD.fileName())).verify(part.resolve(Artifact.STUDENT.fileName()));
        } catch (RegistryException | UsageException e) {
            throw new RefusedStudentException(
                    Reason.DAMAGED, model + " version " + version.version() + " is refused: " + e.getMessage(), e);
        }
        return folder.finish(version, part);
    }

    private boolean byDeltas(StudentVersion version, PulledStudent inUse, Path part) {
        try {
            List<DeltaRecord> chain = registry.deltas().cheapestChain(inUse.version(), version);
            if (chain.isEmpty()) {
                return false;
            }
            Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
            for (Artifact artifact : version.artifacts().keySet()) {
                files.put(artifact, Files.readAllBytes(inUse.folder().resolve(artifact.fileName())));
            }
            for (DeltaRecord delta : chain) {
                files = registry.deltas().apply(delta, files);
            }
            for (Map.Entry<Artifact, byte[]> file : files.entrySet()) {
                Path made = part.resolve(file.getKey().fileName());
                Files.write(made, file.getValue());
                // The hashes of the manifest whose signature was verified.
                if (!Sha256.hex(made).equals(version.blob(file.getKey()).sha256())) {
                    throw new RegistryException(made.getFileName() + " is not the one that the manifest names.");
                }
            }
            LOG.info(
                    "{} version {} came as {} deltas of {} bytes.",
                    model,
                    version.version(),
                    chain.size(),
                    chain.stream().mapToLong(delta -> delta.blob().bytes()).sum());
            return true;
        } catch (RegistryException | IOException e) {
            LOG.warn("{} version {} is fetched whole: {}", model, version.version(), e.getMessage());
            return false;
        }
    }
}
