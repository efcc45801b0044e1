package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One's own frames: images/NAME.jpg (or .png) with labels/NAME.png, and classes.json, a label schema. With
 * splits/train.txt and splits/test.txt, one NAME a line, those are the splits in that order; else every block of 50
 * names in order gives its first 40 to train and its last 10 to test.
 */
public final class PlainFolder {

    private static final int BLOCK = 50;
    private static final int TRAIN_OF_BLOCK = 40;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private PlainFolder() {}

    /** @throws UsageException when something is absent */
    public static Dataset open(Path folder) {
        for (String part : List.of("images", "labels", "classes.json")) {
            if (!Files.exists(folder.resolve(part))) {
                throw new UsageException("The data set folder " + folder + " has no " + part
                        + "; it needs images/, labels/ and classes.json.");
            }
        }
        LabelSchema schema = LabelSchema.read(folder.resolve("classes.json"));
        Map<String, Path> images = images(folder);
        List<String> names = List.copyOf(images.keySet());
        Map<String, List<FrameFile>> splits = new LinkedHashMap<>();
        for (String split : List.of("train", "test")) {
            List<FrameFile> files = new ArrayList<>();
            for (String name : namesOf(folder, split, names)) {
                files.add(file(folder, name, images, names.indexOf(name)));
            }
            splits.put(split, files);
        }
        return new FolderDataset(String.valueOf(folder.getFileName()), schema, splits);
    }

    private static Map<String, Path> images(Path folder) {
        Map<String, Path> images = new LinkedHashMap<>();
        try (Stream<Path> list = Files.list(folder.resolve("images"))) {
            list.filter(file -> file.toString().matches(".*\\.(jpe?g|png)"))
                    .sorted()
                    .forEach(file -> images.put(file.getFileName().toString().replaceFirst("\\.[^.]+$", ""), file));
        } catch (IOException e) {
            throw new UsageException("The data set folder " + folder.resolve("images") + " cannot be read.", e);
        }
        return images;
    }

    private static List<String> namesOf(Path folder, String split, List<String> names) {
        Path list = folder.resolve("splits").resolve(split + ".txt");
        if (Files.exists(list)) {
            try {
                return Files.readAllLines(list).stream()
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
            } catch (IOException e) {
                throw new UsageException("The split " + list + " cannot be read.", e);
            }
        }
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (i % BLOCK < TRAIN_OF_BLOCK == split.equals("train")) {
                chosen.add(names.get(i));
            }
        }
        return chosen;
    }

    private static FrameFile file(Path folder, String name, Map<String, Path> images, int place) {
        Path image = images.get(name);
        if (image == null) {
            throw new UsageException("The data set folder " + folder + " has no image for \"" + name
                    + "\", which one of its splits names.");
        }
        String id = folder.getFileName() + "/" + name;
        Path label = folder.resolve("labels").resolve(name + ".png");
        return new FrameFile(id, "camera-1", START.plusSeconds(place), "", "", "all", image, label);
    }
}
