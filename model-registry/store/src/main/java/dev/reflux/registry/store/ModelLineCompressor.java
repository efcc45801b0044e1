package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.delta.DeltaException;
import dev.reflux.registry.format.delta.QuantizedStudent;
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
 * A model line of lossy students beside a line of trained ones, for vehicles on a thin link. Its first version is the
 * trained student itself. Each later version is made from the version before it, which the vehicles of this line have, and
 * from the next trained version, such that the delta between the two has at most a given share of the student's bytes.
 *
 * <ol>
 *   <li>Every version is complete: it is stored whole, has its own hashes and signature, and is fetched, verified and
 *       rolled back as any other. Its lineage names the version that it approximates.
 *   <li>Errors do not accumulate: what one version leaves out is part of the difference that the next one encodes.
 *   <li>Nothing is signed that was made from a student which the trust file refuses.
 *   <li>After a kill at any point, the next run continues after the last committed version, and makes the delta of that
 *       version if it is missing.
 * </ol>
 *
 * Holds two students in memory. One thread; blocks on the network.
 */
public final class ModelLineCompressor {

    /** The largest size of a delta relative to a student: one twentieth. */
    public static final double DEFAULT_SHARE = 0.05;

    private final ModelRegistry registry;
    private final String source;
    private final String line;
    private final double share;
    private final Optional<TrustFile> trust;
    private final Scorer scorer;

    /** Scores a student before it is published. */
    public interface Scorer {

        /** Returns metrics for the manifest; empty for none. */
        Map<String, Double> score(Map<Artifact, byte[]> files);
    }

    /**
     * A lossy version that was published.
     *
     * @param trained the version that it approximates
     * @param lossy the lossy version
     * @param delta the delta from the version before it; empty for the first, which is the trained student itself
     */
    public record Step(StudentVersion trained, StudentVersion lossy, Optional<DeltaRecord> delta) {}

    /**
     * Creates a line.
     *
     * @param source the model line of the trained students
     * @param line the model line of the lossy students
     * @param share the largest size of a delta relative to student.pt, above 0, at most 1
     * @param trust the keys whose students are accepted; empty accepts unsigned ones too
     */
    public ModelLineCompressor(
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
     * Publishes a lossy version for each trained version after the last that has one.
     *
     * @param progress receives each version as soon as it is published
     * @throws UsageException when the line is not one of this source's lossy students, or a student is not trusted
     * @throws StaleWriterException when another writer has taken over the line
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
        // Read again: from now on no other writer publishes to the line.
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
                    + lossy.version() + (of == null ? " was trained." : " approximates one of " + of.model() + ".")
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
                QuantizedStudent.Made made =
                        QuantizedStudent.within(registry.reader().files().read(parent.get()), files, most);
                files = made.files();
                step = made.step();
            } catch (DeltaException e) {
                throw new UsageException(source + " version " + trained.version() + " cannot be made from " + line
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
            throw new UsageException(why + " No lossy student is made from it.");
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
