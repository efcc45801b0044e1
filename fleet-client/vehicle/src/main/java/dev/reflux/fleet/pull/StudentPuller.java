package dev.reflux.fleet.pull;

import dev.reflux.common.failure.UsageException;
import dev.reflux.fleet.pull.RefusedStudentException.Reason;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.AliasPointer;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.RegistryNames;
import dev.reflux.registry.format.StudentVersion;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
 *   <li>With a trust file, nothing is taken that none of its keys signed: no version, no step of a chain, no alias.
 *   <li>An alias that was taken back on purpose is followed to the older version. An alias that points by an older record than
 *       the last one seen is refused: the number of that is on the disk before the record is acted upon.
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
    private final SeenAliases seen;
    private final StudentFetcher fetcher;
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
        this.seen = new SeenAliases(folder.toAbsolutePath());
        this.fetcher = new StudentFetcher(registry, this.folder, policy);
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
     * Fetches the champion, as {@link #pull(String)} does: the version that the promotion gate has passed for the fleet.
     *
     * @throws RefusedStudentException when the vehicle refuses it; the one in use stays
     * @throws UsageException when the registry has no champion yet
     */
    public PulledStudent pull() {
        return pull(AliasNames.CHAMPION);
    }

    /**
     * Fetches a version unless it is in use already, verifies it and makes it the current one. An alias that was taken back on
     * purpose is followed to the older version.
     *
     * @param versionOrAlias a number, or an alias such as "champion"
     * @throws RefusedStudentException when the vehicle refuses it; the one in use stays
     * @throws UsageException when the registry has no such version
     */
    public PulledStudent pull(String versionOrAlias) {
        try {
            Optional<AliasPointer> pointer =
                    RegistryNames.isNumber(versionOrAlias) ? Optional.empty() : pointer(versionOrAlias);
            Manifest.Read manifest = find(versionOrAlias, pointer);
            return pull(manifest, pointer);
        } catch (UncheckedIOException e) {
            throw new RefusedStudentException(
                    Reason.DISK,
                    model + " " + versionOrAlias + " is not taken: "
                            + String.valueOf(e.getMessage()).replaceFirst("\\.$", "")
                            + "; free space there, the student in use stays.",
                    e);
        }
    }

    private PulledStudent pull(Manifest.Read manifest, Optional<AliasPointer> pointer) {
        StudentVersion version = manifest.version();
        Optional<PulledStudent> inUse = current();
        inUse.ifPresent(student -> refuseForeignFolder(student, version));
        pointer.ifPresent(seen::accept);
        if (inUse.isPresent() && inUse.get().version() == version.version()) {
            return inUse.get();
        }
        refuseUntrusted(manifest);
        refuseDowngrade(version, pointer, inUse.map(PulledStudent::version).orElse(0L));
        refuseOtherSchema(version);
        PulledStudent student = folder.intact(version.version())
                .filter(kept -> folder.isOf(kept, version))
                .orElseGet(() -> fetcher.fetch(version, inUse));
        folder.use(student);
        folder.prune(policy.keep());
        LOG.info("{} version {} is in use.", model, student.version());
        return student;
    }

    /** Reads the record of an alias once: what is verified is what is followed. */
    private Optional<AliasPointer> pointer(String alias) {
        try {
            Optional<AliasPointer> pointer = registry.pointer(model, alias);
            policy.trust()
                    .flatMap(keys -> pointer.flatMap(record -> record.distrust(keys)))
                    .ifPresent(why -> {
                        throw new RefusedStudentException(Reason.NOT_TRUSTED, refused(why));
                    });
            return pointer;
        } catch (RegistryException e) {
            throw damaged(alias, e);
        }
    }

    private Manifest.Read find(String versionOrAlias, Optional<AliasPointer> pointer) {
        try {
            Optional<Long> number = pointer.map(record -> record.change().version())
                    .or(() -> Optional.of(versionOrAlias)
                            .filter(RegistryNames::isNumber)
                            .map(Long::valueOf));
            return number.flatMap(version -> registry.manifest(model, version)).orElseGet(() -> {
                registry.require(model, versionOrAlias);
                throw new UsageException(model + " " + versionOrAlias + " was published this moment; pull again.");
            });
        } catch (RegistryException e) {
            throw damaged(versionOrAlias, e);
        }
    }

    private RefusedStudentException damaged(String versionOrAlias, RegistryException e) {
        return new RefusedStudentException(
                Reason.DAMAGED, model + " " + versionOrAlias + " is refused: " + e.getMessage(), e);
    }

    private static String refused(String why) {
        return why.replaceFirst("\\.$", "") + ": it is refused.";
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

    private void refuseUntrusted(Manifest.Read manifest) {
        policy.trust().flatMap(manifest::distrust).ifPresent(why -> {
            throw new RefusedStudentException(Reason.NOT_TRUSTED, refused(why));
        });
    }

    /** An older version is taken where its alias has been at a newer one and was taken back from there. */
    private void refuseDowngrade(StudentVersion version, Optional<AliasPointer> pointer, long now) {
        if (version.version() >= now || policy.allowDowngrade()) {
            return;
        }
        Optional<AliasChange> change = pointer.map(AliasPointer::change);
        if (change.filter(to -> to.rollback() && to.newest() >= now).isEmpty()) {
            throw new RefusedStudentException(
                    Reason.DOWNGRADE,
                    model + " version " + version.version() + " is older than version " + now
                            + " in use and is refused; "
                            + (change.isPresent() ? "take the alias back with \"models rollback\", or " : "")
                            + "allow a downgrade (--allow-downgrade) to take it.");
        }
        LOG.warn(
                "{} goes back from version {} to {} on purpose, by {}: {}",
                model,
                now,
                version.version(),
                RegistryNames.printable(change.get().by()),
                RegistryNames.printable(change.get().reason()));
    }

    private void refuseOtherSchema(StudentVersion version) {
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
}
