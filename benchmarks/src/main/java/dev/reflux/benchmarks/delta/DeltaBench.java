package dev.reflux.benchmarks.delta;

import dev.reflux.benchmarks.report.Machine;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.store.ModelRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Codes each version of a model line by the one before it: exactly, by the baselines, and as lossy lines. Each delta
 * is applied too, and its result is compared with the expected files. All exact codings are measured on the same files in
 * the same run. The only change to the registry is that missing deltas are added.
 */
public final class DeltaBench {

    private static final int REPEATS = 5;

    private final ModelRegistry registry;
    private final String model;
    private final Path scratch;
    private final StudentScorer scorer;
    private final Consumer<String> progress;

    /** Scores a student. */
    public interface StudentScorer {

        /** @return mIoU in points, 0 to 100, of the student whose card this is; its file lies beside it */
        double miou(Path card);
    }

    /** @param scratch an existing folder for students that are scored */
    public DeltaBench(
            ModelRegistry registry, String model, Path scratch, StudentScorer scorer, Consumer<String> progress) {
        this.registry = registry;
        this.model = model;
        this.scratch = scratch;
        this.scorer = scorer;
        this.progress = progress;
    }

    /** @throws UsageException when there are not at least two versions */
    public DeltaResult run() {
        List<StudentVersion> versions = registry.catalog().versions(model, 1);
        if (versions.size() < 2) {
            throw new UsageException("The model \"" + model + "\" has " + versions.size()
                    + " versions; a delta needs two: run a quickstart first.");
        }
        List<Map<Artifact, byte[]>> files =
                versions.stream().map(registry.reader().files()::read).toList();
        progress.accept("coding " + (files.size() - 1) + " steps exactly");
        List<DeltaResult.Exact> exact = new ArrayList<>();
        for (FileCoding coding : FileCoding.values()) {
            exact.add(baseline(coding, "student.pt", DeltaBench::student, files));
        }
        exact.add(baseline(FileCoding.PATCH, "all three files", DeltaBench::together, files));
        exact.add(exactDelta(files));
        int chain = followChain(versions);
        progress.accept("scoring " + files.size() + " trained versions");
        List<Double> trained = files.stream().map(this::score).toList();
        List<DeltaResult.Lossy> lossy = new ArrayList<>();
        for (LossySetting setting : LossySetting.ALL) {
            progress.accept(setting.title());
            lossy.add(lossy(setting, files, trained));
        }
        return new DeltaResult(
                Machine.here(), model, files.size(), student(files.get(files.size() - 1)).length, exact, lossy, chain);
    }

    private static byte[] student(Map<Artifact, byte[]> files) {
        return Objects.requireNonNull(files.get(Artifact.STUDENT));
    }

    // ---- exact ---------------------------------------------------------------------------------------------------

    /** Returns all files of a version one after the other: a coder then finds the weights of one file in the other. */
    private static byte[] together(Map<Artifact, byte[]> files) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Artifact artifact : Artifact.values()) {
            all.writeBytes(Objects.requireNonNull(files.get(artifact)));
        }
        return all.toByteArray();
    }

    private static DeltaResult.Exact baseline(
            FileCoding coding,
            String what,
            Function<Map<Artifact, byte[]>, byte[]> content,
            List<Map<Artifact, byte[]>> files) {
        String way = coding.title() + " of " + what;
        Tally tally = new Tally();
        for (int i = 1; i < files.size(); i++) {
            byte[] old = content.apply(files.get(i - 1));
            byte[] now = content.apply(files.get(i));
            byte[] packed = tally.encoding(() -> coding.encode(old, now));
            tally.bytes(packed.length);
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                byte[] made = tally.applying(() -> coding.decode(old, packed, now.length));
                require(Arrays.equals(made, now), way);
            }
        }
        return new DeltaResult.Exact(way, tally.meanBytes(), tally.encodeMillis(), tally.applyMillis());
    }

    private static DeltaResult.Exact exactDelta(List<Map<Artifact, byte[]>> files) {
        String way = "exact delta of all three files";
        Tally tally = new Tally();
        for (int i = 1; i < files.size(); i++) {
            tally.bytes(coded(tally, files.get(i - 1), files.get(i), way));
        }
        return new DeltaResult.Exact(way, tally.meanBytes(), tally.encodeMillis(), tally.applyMillis());
    }

    /** Codes a delta, applies it and compares the result. Returns the length of the delta in bytes. */
    private static int coded(Tally tally, Map<Artifact, byte[]> old, Map<Artifact, byte[]> now, String way) {
        byte[] delta = tally.encoding(() -> DeltaCodec.encode(old, now));
        applied(tally, old, delta, now, way);
        return delta.length;
    }

    private static void applied(
            Tally tally, Map<Artifact, byte[]> old, byte[] delta, Map<Artifact, byte[]> now, String way) {
        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        now.forEach((artifact, bytes) -> lengths.put(artifact, (long) bytes.length));
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            Map<Artifact, byte[]> made = tally.applying(() -> DeltaCodec.apply(old, delta, lengths));
            now.forEach((artifact, bytes) -> require(Arrays.equals(made.get(artifact), bytes), way));
        }
    }

    private static void require(boolean same, String way) {
        if (!same) {
            throw new IllegalStateException(way + " does not restore the coded bytes");
        }
    }

    /** Makes the last version from the first by the chain of deltas, and compares it with its manifest. */
    private int followChain(List<StudentVersion> versions) {
        Map<Artifact, byte[]> files = registry.reader().files().read(versions.get(0));
        int steps = 0;
        for (int i = 1; i < versions.size(); i++) {
            DeltaRecord delta = registry.deltas()
                    .add(model, versions.get(i - 1).version(), versions.get(i).version())
                    .orElseThrow(() -> new IllegalStateException("a delta of the line saves nothing"));
            files = registry.reader().deltas().apply(delta, files);
            steps++;
        }
        return steps;
    }

    // ---- lossy ---------------------------------------------------------------------------------------------------

    private DeltaResult.Lossy lossy(LossySetting setting, List<Map<Artifact, byte[]>> files, List<Double> trained) {
        Tally tally = new Tally();
        List<DeltaResult.Step> steps = new ArrayList<>();
        Map<Artifact, byte[]> parent = files.get(0);
        for (int i = 1; i < files.size(); i++) {
            Map<Artifact, byte[]> vehicle = parent;
            Map<Artifact, byte[]> next = files.get(i);
            LossySetting.Made made = tally.encoding(() -> setting.maker().make(vehicle, next));
            applied(tally, vehicle, made.delta(), made.files(), setting.title());
            tally.bytes(made.delta().length);
            steps.add(new DeltaResult.Step(made.delta().length, trained.get(i), score(made.files())));
            parent = made.files();
        }
        return new DeltaResult.Lossy(
                setting.title(),
                tally.meanBytes(),
                tally.mostBytes(),
                tally.encodeMillis(),
                tally.applyMillis(),
                steps.stream().mapToDouble(DeltaResult.Step::lost).average().orElse(Double.NaN),
                steps.stream().mapToDouble(DeltaResult.Step::lost).max().orElse(Double.NaN),
                steps.get(steps.size() - 1).lost(),
                steps);
    }

    private double score(Map<Artifact, byte[]> files) {
        try {
            for (Map.Entry<Artifact, byte[]> file : files.entrySet()) {
                Files.write(scratch.resolve(file.getKey().fileName()), file.getValue());
            }
            return scorer.miou(scratch.resolve(Artifact.CARD.fileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
