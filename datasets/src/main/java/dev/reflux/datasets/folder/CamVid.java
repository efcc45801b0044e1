package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.datasets.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CamVid (Brostow et al. 2008) at 480x360 with 11 classes, streamed in its manifest's order: two drives by day, one at
 * dusk. Columns are found by name. A drive is a domain and a camera; frames are a second apart for the most part.
 */
final class CamVid {

    private static final List<String> COLUMNS = List.of("sequence", "t_sec", "split", "image", "label");
    /** The drives' real dates are not known: each gets a day of its own, so that their frames never share a block. */
    private static final Instant FIRST_DAY = Instant.parse("2005-06-01T09:00:00Z");

    private static final String DUSK_SEQUENCE = "0001TP";

    private CamVid() {}

    /**
     * Opens a folder.
     *
     * @throws UsageException when the manifest is absent or damaged
     */
    static Dataset open(Path folder) {
        Path manifest = folder.resolve("manifest.csv");
        List<String> lines;
        try {
            lines = Files.readAllLines(manifest);
        } catch (IOException e) {
            throw new UsageException(
                    "The CamVid folder " + folder + " has no readable manifest.csv; check the path.", e);
        }
        LabelSchema schema = LabelSchemas.builtIn().find("camvid-11").orElseThrow();
        return new FolderDataset("camvid", schema, splits(folder, manifest, lines), List.of());
    }

    private static Map<String, List<FrameFile>> splits(Path folder, Path manifest, List<String> lines) {
        List<String> header =
                lines.isEmpty() ? List.of() : Arrays.asList(lines.get(0).split(",", -1));
        if (!header.containsAll(COLUMNS)) {
            throw new UsageException("The manifest " + manifest + " lacks one of the columns " + COLUMNS + ".");
        }
        Map<String, List<FrameFile>> splits = new LinkedHashMap<>();
        List.of("train", "val", "test").forEach(split -> splits.put(split, new ArrayList<>()));
        List<String> sequences = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> cells = Arrays.asList(line.split(",", -1));
            if (cells.size() != header.size()) {
                throw new UsageException("The manifest " + manifest + " has a damaged line: \"" + line + "\".");
            }
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                row.put(header.get(i), cells.get(i));
            }
            if (!sequences.contains(row.get("sequence"))) {
                sequences.add(row.get("sequence"));
            }
            splits.computeIfAbsent(row.getOrDefault("split", ""), s -> new ArrayList<>())
                    .add(file(folder, row, sequences.size() - 1, seconds(manifest, line, row)));
        }
        return splits;
    }

    private static double seconds(Path manifest, String line, Map<String, String> row) {
        try {
            double seconds = Double.parseDouble(row.getOrDefault("t_sec", ""));
            if (Double.isFinite(seconds)) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // Refused below, with what is no time either.
        }
        throw new UsageException(
                "The manifest " + manifest + " has a t_sec that is no number of seconds: \"" + line + "\".");
    }

    private static FrameFile file(Path folder, Map<String, String> row, int day, double seconds) {
        String sequence = row.getOrDefault("sequence", "");
        String image = row.getOrDefault("image", "");
        long millis = Math.round(1000 * seconds);
        Path label = folder.resolve(row.getOrDefault("label", ""));
        String name = image.substring(image.lastIndexOf('/') + 1).replaceFirst("\\.[^.]+$", "");
        return new FrameFile(
                "camvid/" + name,
                "camvid-" + sequence,
                FIRST_DAY.plus(Duration.ofDays(day)).plusMillis(millis),
                "clear",
                sequence.equals(DUSK_SEQUENCE) ? "dusk" : "day",
                sequence,
                folder.resolve(image),
                label,
                Files.isRegularFile(label));
    }
}
