package dev.reflux.integration.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.audit.AuditReport;
import dev.reflux.evaluation.plot.LinePlot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Many small frames through the real processes, whose memory, handles, threads and pace stay flat. */
@Tag("soak")
@EnabledIfSystemProperty(named = "reflux.soak.frames", matches = "\\d+")
@EnabledOnOs(OS.LINUX)
class SoakTest {

    private static final int SAMPLES = 60;
    private static final double MORE = 1.2;
    /** A student that learns a frame in the time that the teacher takes for it, checkpoints, and a version now and then. */
    private static final Map<String, String> TRAINER = Map.of(
            "trainer.student.card",
            Path.of("../models/fixtures/tiny-student.json")
                    .toAbsolutePath()
                    .normalize()
                    .toString(),
            "trainer.learning.replay-capacity",
            "100",
            "trainer.checkpoint.every-frames",
            "100",
            "trainer.checkpoint.publish-every-frames",
            "1000");

    private static final List<String> COLOURS = List.of("#0f766e", "#b45309", "#1d4ed8", "#be123c");

    @TempDir
    Path folder;

    /** Values over the frames, for each process. */
    private final Map<String, Map<String, List<double[]>>> figures = new TreeMap<>();

    @Test
    void givenManyFrames_whenTheyPass_thenNothingGrows() throws Exception {
        int frames = Integer.getInteger("reflux.soak.frames");
        AuditReport audit;
        try (ChaosWorld world = new ChaosWorld(folder, 1, TRAINER)) {
            for (int i = 0; i < SAMPLES; i++) {
                long began = System.nanoTime();
                world.pass(frames / SAMPLES);
                double seconds = (System.nanoTime() - began) / 1e9;
                long sent = (long) (i + 1) * (frames / SAMPLES);
                note("frames a second", "path", sent, frames / (SAMPLES * seconds));
                for (Map.Entry<String, Long> process : world.pids().entrySet()) {
                    note("resident MiB", process.getKey(), sent, residentMebibytes(process.getValue()));
                    note("handles", process.getKey(), sent, count(process.getValue(), "fd"));
                    note("threads", process.getKey(), sent, count(process.getValue(), "task"));
                }
                report(frames);
            }
            audit = world.settle();
            world.requireSound(audit, "soak");
            assertThat(world.starts()).as("nobody died").doesNotContainValue(2);
        }
        figures.forEach((figure, processes) -> processes.forEach((process, points) -> {
            if (!figure.equals("frames a second")) {
                assertThat(mean(points, 2))
                        .as(figure + " of " + process + " in the last third against the second")
                        .isLessThan(mean(points, 1) * MORE);
            } else {
                assertThat(mean(points, 2) * MORE).as(figure).isGreaterThan(mean(points, 1));
            }
        }));
    }

    private void note(String figure, String process, long x, double y) {
        figures.computeIfAbsent(figure, key -> new TreeMap<>())
                .computeIfAbsent(process, key -> new ArrayList<>())
                .add(new double[] {x, y});
    }

    private static double mean(List<double[]> points, int third) {
        int size = points.size() / 3;
        return points.subList(third * size, (third + 1) * size).stream()
                .mapToDouble(point -> point[1])
                .average()
                .orElseThrow();
    }

    private static double residentMebibytes(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    private static double count(long pid, String folder) throws Exception {
        try (Stream<Path> entries = Files.list(Path.of("/proc/" + pid + "/" + folder))) {
            return entries.count();
        }
    }

    private void report(int frames) throws Exception {
        Path target = Files.createDirectories(Path.of("target"));
        for (Map.Entry<String, Map<String, List<double[]>>> figure : figures.entrySet()) {
            double top = figure.getValue().values().stream()
                    .flatMap(List::stream)
                    .mapToDouble(point -> point[1])
                    .max()
                    .orElse(1);
            LinePlot plot = new LinePlot("frames", frames, top);
            int colour = 0;
            for (Map.Entry<String, List<double[]>> process : figure.getValue().entrySet()) {
                plot.with(new LinePlot.Series(
                        process.getKey() + ": " + figure.getKey(), COLOURS.get(colour++), false, process.getValue()));
            }
            Files.writeString(target.resolve("soak-" + figure.getKey().replace(' ', '-') + ".svg"), plot.file());
        }
    }
}
