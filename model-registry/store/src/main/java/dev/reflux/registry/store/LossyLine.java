package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.delta.DeltaException;
import dev.reflux.registry.format.delta.QuantisedStudent;
import dev.reflux.registry.format.signing.TrustFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A model line of lossy students beside a trained one, for vehicles whose fetches must be small. Its first version is the
 * trained student itself; each later one is made of the version before it, which vehicles of this line have, and of the
 * next trained version, such that the delta between the two fits a share of the student's bytes.
 *
 * <ol>
 *   <li>Every version is one of its own: it lies whole in the store, has its own hashes and signature, names in its lineage
 *       which version it approximates, and is fetched, verified and rolled back as any other.
 *   <li>Errors do not add up: what one version leaves out is part of what the next one moves by.
 *   <li>Nothing is signed that was made of a student which the trust file refuses.
 *   <li>Killed at any point and started again, it goes on after the last version that was committed, and makes that one's
 *       delta if it is missing.
 * </ol>
 *
 * Holds two students in memory. One thread; blocks on the network.
 */
public final class LossyLine {

    /** A vehicle's fetch against a whole student: one twentieth. */
    public static final double DEFAULT_SHARE = 0.05;

    private final ModelRegistry registry;
    private final String source;
    private final String line;
    private final double share;
    private final Optional<TrustFile> trust;
    private final Scorer scorer;

    /** Says how good a student is before it is published. */
    public interface Scorer {

        /** Metrics for the manifest; empty when nobody measures. */
        Map<String, Double> score(Map<Artifact, byte[]> files);
    }

    /**
     * A version that was made.
     *
     * @param trained the version that it stands for
     * @param lossy the version
     * @param delta from the one before it; empty for the first, which is the trained student itself
     */
    public record Step(StudentVersion trained, StudentVersion lossy, Optional<DeltaRecord> delta) {}

    /**
     * @param source line of the trained students
     * @param line where lossy ones are published
     * @param share of student.pt's bytes that a delta may have, over 0, at most 1
     * @param trust whose students are taken; empty: anybody's
     */
    public LossyLine(
            ModelRegistry registry,
            String source,
            String line,
            double share,
            Optional<TrustFile> trust,
            Scorer scorer) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be over 0 and at most 1, not " + share);
        }
        if (source.equals(line)) {
            throw new UsageException("Lossy students of " + source
                    + " need a line of their own; give another name, such" + " as " + source + "-lite.");
        }
        this.registry = registry;
        this.source = source;
        this.line = line;
        this.share = share;
        this.trust = trust;
        this.scorer = scorer;
    }

    /**
     * Makes a lossy version for each trained one that came after the last that has one.
     *
     * @param progress told of each version as soon as it is there
     * @throws UsageException when the line is not one of this source's lossy students, or a student is not trusted
     * @throws StaleWriterException when somebody else has taken the line over meanwhile
     */
    public List<Step> catchUp(String writerName, Consumer<Step> progress) {
        long done = last().map(this::approximated).orElse(0L);
        List<StudentVersion> waiting = registry.catalog().versions(source, done + 1);
        Optional<StudentVersion> unfinished = last().filter(this::lacksItsDelta);
        if (waiting.isEmpty() && unfinished.isEmpty()) {
            return List.of();
        }
        Writer writer = registry.publisher().openWriter(line, writerName);
        unfinished.ifPresent(this::addDelta);
        List<Step> steps = new ArrayList<>();
        // Asked again, since only now nobody else can be at it.
        for (StudentVersion trained : registry.catalog()
                .versions(source, last().map(this::approximated).orElse(0L) + 1)) {
            Step step = publish(writer, trained, last());
            progress.accept(step);
            steps.add(step);
        }
        return steps;
    }

    private Optional<StudentVersion> last() {
        List<StudentVersion> versions = registry.catalog()
                .versions(
                        line,
                        registry.reader()
                                .current(line, AliasNames.LATEST)
                                .map(AliasChange::newest)
                                .orElse(1L));
        return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
    }

    private long approximated(StudentVersion lossy) {
        Lineage.Approximation of = lossy.lineage().approximation();
        if (of == null || !of.model().equals(source)) {
            throw new UsageException(line + " is not a line of lossy students of " + source + ": its version "
                    + lossy.version() + (of == null ? " was trained." : " stands for one of " + of.model() + ".")
                    + " Give another name.");
        }
        return of.version();
    }

    private boolean lacksItsDelta(StudentVersion lossy) {
        long parent = lossy.lineage().parentVersion();
        return parent > 0
                && registry.reader().resolve(line, String.valueOf(parent)).isPresent()
                && registry.reader()
                        .deltas()
                        .find(line, parent, lossy.version())
                        .isEmpty();
    }

    private Optional<DeltaRecord> addDelta(StudentVersion lossy) {
        return registry.deltas().add(line, lossy.lineage().parentVersion(), lossy.version());
    }

    private Step publish(Writer writer, StudentVersion trained, Optional<StudentVersion> parent) {
        requireTrusted(trained);
        parent.ifPresent(this::requireTrusted);
        Map<Artifact, byte[]> files = registry.reader().files().read(trained);
        float step = 0;
        if (parent.isPresent()) {
            long most = (long) (share * trained.blob(Artifact.STUDENT).bytes());
            try {
                QuantisedStudent.Made made =
                        QuantisedStudent.within(registry.reader().files().read(parent.get()), files, most);
                files = made.files();
                step = made.step();
            } catch (DeltaException e) {
                throw new UsageException(source + " version " + trained.version() + " cannot be made of " + line
                        + " version " + parent.get().version() + ": " + e.getMessage());
            }
        }
        Lineage.Approximation of = new Lineage.Approximation(
                source, trained.version(), trained.blob(Artifact.STUDENT).sha256(), step);
        Lineage lineage = trained.lineage()
                .approximated(parent.map(StudentVersion::version).orElse(0L), of);
        Map<String, Double> metrics = new TreeMap<>(scorer.score(files));
        StudentVersion lossy = commit(writer, files, lineage, metrics, trained.config());
        return new Step(trained, lossy, parent.flatMap(before -> addDelta(lossy)));
    }

    private void requireTrusted(StudentVersion version) {
        trust.flatMap(keys -> registry.reader().distrust(version, keys)).ifPresent(why -> {
            throw new UsageException(why + " Nothing is made of it.");
        });
    }

    private StudentVersion commit(
            Writer writer,
            Map<Artifact, byte[]> files,
            Lineage lineage,
            Map<String, Double> metrics,
            Map<String, String> config) {
        try {
            Path folder = Files.createTempDirectory("reflux-lossy");
            Map<Artifact, Path> paths = new EnumMap<>(Artifact.class);
            try {
                for (Artifact artifact : Artifact.values()) {
                    Path file = folder.resolve(artifact.fileName());
                    paths.put(artifact, file);
                    Files.write(file, Objects.requireNonNull(files.get(artifact)));
                }
                return registry.publisher().publish(writer, new CandidateStudent(paths, lineage, metrics, config));
            } finally {
                for (Path file : paths.values()) {
                    Files.deleteIfExists(file);
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
