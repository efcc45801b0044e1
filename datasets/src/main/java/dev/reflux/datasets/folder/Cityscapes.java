package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.datasets.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Cityscapes (Cordts et al. 2016) as it is unpacked: leftImg8bit/SPLIT/CITY/X_leftImg8bit.png with
 * gtFine/SPLIT/CITY/X_gtFine_labelIds.png. A city is a domain and a camera. "val" takes the place of "test", whose labels
 * are not published.
 */
final class Cityscapes {

    private static final String IMAGE_END = "_leftImg8bit.png";
    private static final Instant START = Instant.parse("2014-01-01T00:00:00Z");

    private Cityscapes() {}

    /**
     * Opens a folder.
     *
     * @throws UsageException when a part is absent
     */
    static Dataset open(Path folder) {
        LabelSchema schema = LabelSchemas.builtIn().find("cityscapes-19").orElseThrow();
        Map<String, List<FrameFile>> splits = new LinkedHashMap<>();
        Oddities others = new Oddities();
        splits.put("train", files(folder, "train", others));
        splits.put("test", files(folder, "val", others));
        List<String> odd = others.isEmpty()
                ? List.of()
                : List.of("leftImg8bit/ has " + others.counted("file") + " (" + others.examples() + ") that "
                        + (others.count() == 1 ? "is" : "are") + " not named CITY_..." + IMAGE_END
                        + " and left out.");
        return new FolderDataset("cityscapes", schema, splits, odd);
    }

    private static List<FrameFile> files(Path folder, String split, Oddities others) {
        Path images = folder.resolve("leftImg8bit").resolve(split);
        if (!Files.isDirectory(images)) {
            throw new UsageException("The Cityscapes folder " + folder + " has no leftImg8bit/" + split
                    + "; unpack leftImg8bit_trainvaltest and gtFine_trainvaltest there.");
        }
        try (Stream<Path> walk = Files.walk(images, 2)) {
            List<Path> sorted = walk.filter(Files::isRegularFile)
                    .sorted()
                    .filter(file -> isImage(file, others))
                    .toList();
            return java.util.stream.IntStream.range(0, sorted.size())
                    .mapToObj(i -> file(folder, split, sorted.get(i), i))
                    .toList();
        } catch (IOException e) {
            throw new UsageException("The Cityscapes folder " + images + " cannot be read.", e);
        }
    }

    /** A hidden copy, such as ._X of another system, has the ending of an image and is none. */
    private static boolean isImage(Path file, Oddities others) {
        String name = file.getFileName().toString();
        boolean image = name.endsWith(IMAGE_END) && !name.startsWith(".");
        if (!image) {
            others.add(name);
        }
        return image;
    }

    private static FrameFile file(Path folder, String split, Path image, int place) {
        String city = String.valueOf(image.getName(image.getNameCount() - 2));
        String name = image.getFileName().toString().replace(IMAGE_END, "");
        Path label = folder.resolve("gtFine").resolve(split).resolve(city).resolve(name + "_gtFine_labelIds.png");
        return new FrameFile(
                "cityscapes/" + name,
                "cityscapes-" + city,
                START.plusSeconds(place),
                "clear",
                "day",
                city,
                image,
                label,
                Files.isRegularFile(label));
    }
}
