package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Writes a data set in the layout that {@link PlainFolder} reads: {@code images/}, {@code labels/}, {@code classes.json}
 * and {@code splits/}. Image and label bytes are copied as they are. A frame without a label has no file in {@code
 * labels/}.
 */
public final class FolderExport {

    private final Dataset dataset;
    private final int framesPerSplit;

    /**
     * Creates an export.
     *
     * @param dataset the data set to write
     * @param framesPerSplit frames of each split, evenly spread over it; 0: all
     */
    public FolderExport(Dataset dataset, int framesPerSplit) {
        this.dataset = dataset;
        this.framesPerSplit = framesPerSplit;
    }

    /** Returns the number of frames that {@link #write} writes. */
    public int count() {
        return dataset.splits().stream().mapToInt(this::count).sum();
    }

    private int count(String split) {
        int all = dataset.count(split);
        return framesPerSplit == 0 ? all : Math.min(framesPerSplit, all);
    }

    /**
     * Writes the data set.
     *
     * @param folder the target, which is created; it must be absent or empty
     * @param written called after each frame, with the number of frames written so far
     * @throws UsageException if the folder holds files or cannot be written
     */
    public void write(Path folder, LongConsumer written) {
        requireEmpty(folder);
        try {
            for (String part : List.of("images", "labels", "splits")) {
                Files.createDirectories(folder.resolve(part));
            }
            Files.writeString(folder.resolve("classes.json"), dataset.schema().toJson() + "\n");
            long done = 0;
            for (String split : dataset.splits()) {
                done = writeSplit(folder, split, done, written);
            }
        } catch (IOException e) {
            throw new UsageException("The folder " + folder + " cannot be written; choose another one.", e);
        }
    }

    private long writeSplit(Path folder, String split, long before, LongConsumer written) throws IOException {
        int all = dataset.count(split);
        int wanted = count(split);
        List<String> names = new ArrayList<>();
        try (Stream<Frame> frames = dataset.frames(split)) {
            int place = 0;
            for (Frame frame : (Iterable<Frame>) frames::iterator) {
                if (names.size() < wanted && place == (int) ((long) names.size() * all / wanted)) {
                    String name = String.format(Locale.ROOT, "%s-%05d", split, place);
                    Files.write(folder.resolve("images").resolve(name + endingOf(frame.image())), frame.image());
                    if (frame.labeled()) {
                        Files.write(folder.resolve("labels").resolve(name + ".png"), frame.label());
                    }
                    names.add(name);
                    written.accept(before + names.size());
                }
                place++;
            }
        }
        Files.write(folder.resolve("splits").resolve(split + ".txt"), names);
        return before + names.size();
    }

    /** A PNG begins with the byte 0x89; everything else that a data set holds is JPEG. */
    private static String endingOf(byte[] image) {
        return image.length > 0 && image[0] == (byte) 0x89 ? ".png" : ".jpg";
    }

    private static void requireEmpty(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new UsageException("The folder " + folder + " is not empty; choose another one or remove it.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
