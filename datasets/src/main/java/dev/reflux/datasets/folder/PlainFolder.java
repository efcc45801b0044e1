package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Frames of one's own: {@code images/NAME.jpg} (or .jpeg, .png) with {@code labels/NAME.png}, which a training frame may
 * lack, and {@code classes.json}, a label schema. {@code splits/train.txt} and {@code splits/test.txt} list the names of the splits in stream order; without
 * a list, of every block of 50 names in order the first 40 are train and the last 10 are test. docs/datasets.md has the
 * format whole.
 */
final class PlainFolder {

    private static final int BLOCK = 50;
    private static final int TRAIN_OF_BLOCK = 40;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern IMAGE = Pattern.compile("(?i)(.+)\\.(jpe?g|png)");
    private static final Pattern LABEL = Pattern.compile("(?i)(.+)\\.png");

    private final Path folder;
    private final FolderListing images;
    private final FolderListing labels;
    private final List<String> names;

    private PlainFolder(Path folder) {
        this.folder = folder;
        this.images = FolderListing.of(folder.resolve("images"), "image", IMAGE);
        this.labels = FolderListing.of(folder.resolve("labels"), "label", LABEL);
        this.names = List.copyOf(images.files().keySet());
    }

    /**
     * Opens a folder.
     *
     * @throws UsageException when a part is absent, a name is ambiguous or in both splits, or a split has no frame
     */
    static Dataset open(Path folder) {
        for (String part : List.of("images", "labels", "classes.json")) {
            if (!Files.exists(folder.resolve(part))) {
                throw new UsageException("The data set folder " + folder + " has no " + part
                        + "; it needs images/, labels/ and classes.json.");
            }
        }
        LabelSchema schema = LabelSchema.read(folder.resolve("classes.json"));
        PlainFolder opened = new PlainFolder(folder);
        Map<String, List<String>> splits = new LinkedHashMap<>();
        splits.put("train", opened.namesOf("train"));
        splits.put("test", opened.namesOf("test"));
        opened.requireDisjoint(splits);
        Map<String, List<FrameFile>> files = new LinkedHashMap<>();
        splits.forEach((split, names) -> files.put(split, opened.files(names)));
        String id = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        return new FolderDataset(id, schema, files, opened.odd(splits));
    }

    private List<String> odd(Map<String, List<String>> splits) {
        List<String> odd = new ArrayList<>(images.odd());
        odd.addAll(labels.odd());
        Oddities alone = new Oddities();
        labels.files().keySet().stream()
                .filter(name -> !images.files().containsKey(name))
                .forEach(alone::add);
        if (!alone.isEmpty()) {
            odd.add("labels/ has " + alone.counted("file") + " without an image (" + alone.examples() + ").");
        }
        Set<String> used = new HashSet<>();
        splits.values().forEach(used::addAll);
        Oddities unused = new Oddities();
        names.stream().filter(name -> !used.contains(name)).forEach(unused::add);
        if (!unused.isEmpty()) {
            odd.add("images/ has " + unused.counted("image") + " in no split (" + unused.examples() + ").");
        }
        return odd;
    }

    private List<String> namesOf(String split) {
        Path list = folder.resolve("splits").resolve(split + ".txt");
        List<String> chosen = Files.exists(list) ? listed(list) : byRule(split);
        if (chosen.isEmpty()) {
            throw new UsageException("The data set folder " + folder + " has no frame in its split \"" + split
                    + "\": it has "
                    + names.size() + " images"
                    + (names.isEmpty() && images.folders() > 0 ? " (and folders, which are not looked into)" : "")
                    + (Files.exists(list) ? " and an empty " + list : " and no list")
                    + "; write the names of some into splits/" + split + ".txt.");
        }
        return chosen;
    }

    private static List<String> listed(Path list) {
        try {
            return Files.readAllLines(list).stream()
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UsageException("The split " + list + " cannot be read; check that it is UTF-8 text.", e);
        }
    }

    private List<String> byRule(String split) {
        return IntStream.range(0, names.size())
                .filter(i -> i % BLOCK < TRAIN_OF_BLOCK == split.equals("train"))
                .mapToObj(names::get)
                .toList();
    }

    private void requireDisjoint(Map<String, List<String>> splits) {
        Set<String> seen = new HashSet<>();
        splits.values()
                .forEach(names -> names.forEach(name -> {
                    if (!seen.add(name)) {
                        throw new UsageException("The data set folder " + folder + " has \"" + name
                                + "\" twice in its splits; list it once.");
                    }
                }));
    }

    private List<FrameFile> files(List<String> chosen) {
        Map<String, Integer> places = new LinkedHashMap<>();
        names.forEach(name -> places.put(name, places.size()));
        List<FrameFile> files = new ArrayList<>();
        for (String name : chosen) {
            Path image = images.files().get(name);
            if (image == null) {
                throw new UsageException("The data set folder " + folder + " has no image for \"" + name
                        + "\", which one of its splits names; add it or remove the name.");
            }
            files.add(file(name, image, places.getOrDefault(name, 0)));
        }
        return files;
    }

    private FrameFile file(String name, Path image, int place) {
        String id = folder.toAbsolutePath().getFileName() + "/" + name;
        Path label = labels.files().getOrDefault(name, folder.resolve("labels").resolve(name + ".png"));
        return new FrameFile(
                id,
                "camera-1",
                START.plusSeconds(place),
                "",
                "",
                "all",
                image,
                label,
                labels.files().containsKey(name));
    }
}
