package dev.reflux.datasets.folder;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Frame;
import dev.reflux.datasets.SurveyListener;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks through the files of a data set once: that every file is there, and, of up to 500 frames spread evenly, that image
 * and label can be used together and which classes occur. Confined to one thread.
 */
final class FileSurvey {

    private static final int MOST_FRAMES = 500;

    private final String id;
    private final LabelSchema schema;
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();
    private final long[] rawValues = new long[256];
    private final Oddities unusable = new Oddities();
    private final Oddities masks = new Oddities();

    FileSurvey(String id, LabelSchema schema) {
        this.id = id;
        this.schema = schema;
    }

    /**
     * Looks through the files.
     *
     * @throws UsageException when a file is missing, when no frame can be used, or when the labels hold fewer than two
     *     classes
     */
    void look(List<FrameFile> frames, SurveyListener listener) {
        requireFiles(frames);
        int count = Math.min(MOST_FRAMES, frames.size());
        for (int i = 0; i < count; i++) {
            look(frames.get((int) ((long) i * frames.size() / count)).read());
            listener.lookedAt(i + 1, count);
        }
        String of = count < frames.size() ? count + " of " + frames.size() + " frames" : count + " frames";
        requireUsable(count);
        if (!unusable.isEmpty()) {
            listener.odd("Of the " + of + " looked at, " + unusable.count() + " cannot be used and will be refused ("
                    + unusable.examples() + ").");
        }
        if (!masks.isEmpty()) {
            listener.odd("Of the " + of + " looked at, " + masks.count()
                    + " have an image that looks like a label: each of its values is a class (" + masks.examples()
                    + ").");
        }
        classes(of, listener);
    }

    private void requireFiles(List<FrameFile> frames) {
        Oddities noLabel = new Oddities();
        Oddities noImage = new Oddities();
        for (FrameFile frame : frames) {
            if (!Files.isRegularFile(frame.image())) {
                noImage.add(String.valueOf(frame.image()));
            } else if (!Files.isRegularFile(frame.label())) {
                noLabel.add(String.valueOf(frame.label()));
            }
        }
        if (!noImage.isEmpty()) {
            throw new UsageException("The data set " + id + " has " + noImage.counted("frame") + " without an image ("
                    + noImage.examples() + "); check that the copy is whole.");
        }
        if (!noLabel.isEmpty()) {
            throw new UsageException("The data set " + id + " has " + noLabel.counted("frame") + " without a label ("
                    + noLabel.examples() + "); add them, or leave their images out of the folder or of the splits.");
        }
    }

    private void look(Frame frame) {
        try {
            ImageSize image = images.probe(frame.image());
            long[] counts = labels.countRawValues(frame.label());
            // Sizes and values, with the sentence that the frame would be refused with.
            labels.decode(frame.label(), schema, image.width(), image.height());
            Arrays.setAll(rawValues, value -> rawValues[value] + counts[value]);
        } catch (RejectedFrameException e) {
            unusable.add(frame.frameId() + ": " + e.getMessage());
        }
        if (looksLikeLabel(frame.image())) {
            masks.add(frame.frameId());
        }
    }

    private boolean looksLikeLabel(byte[] image) {
        try {
            long[] counts = labels.countRawValues(image);
            long kinds = Arrays.stream(counts).filter(count -> count > 0).count();
            return kinds > 1
                    && IntStream.range(0, 256)
                            .noneMatch(value -> counts[value] > 0 && value != LabelSchema.IGNORE && classOf(value) < 0);
        } catch (RejectedFrameException e) {
            return false;
        }
    }

    /** Returns the class of a raw value; -1 where it has none. */
    private int classOf(int raw) {
        if (schema.rawIds().isEmpty()) {
            return raw < schema.classCount() ? raw : -1;
        }
        return schema.rawIds().getOrDefault(raw, -1);
    }

    private void requireUsable(int count) {
        if (unusable.count() == count) {
            throw new UsageException("The data set " + id + " has no frame that can be used (" + unusable.examples()
                    + "); correct its files or its schema.");
        }
        if (masks.count() == count) {
            throw new UsageException(
                    "The images of the data set " + id + " look like labels: each of their values is a " + "class ("
                            + masks.examples() + "); put the camera's images in their place.");
        }
    }

    private void classes(String of, SurveyListener listener) {
        boolean[] occurs = new boolean[schema.classCount()];
        Oddities ignored = new Oddities();
        long pixels = 0;
        long unlabeled = 0;
        for (int raw = 0; raw < 256; raw++) {
            int meaning = classOf(raw);
            pixels += rawValues[raw];
            if (rawValues[raw] > 0 && meaning >= 0) {
                occurs[meaning] = true;
            } else if (rawValues[raw] > 0) {
                unlabeled += rawValues[raw];
                ignored.add(String.valueOf(raw));
            }
        }
        String values = ignored.isEmpty()
                ? "no value is ignored"
                : "ignored: " + ignored.counted("value") + " (" + ignored.examples() + "), "
                        + Math.round(100.0 * unlabeled / pixels) + " % of the pixels";
        List<String> absent = names(occurs, false);
        if (names(occurs, true).size() < 2) {
            throw new UsageException("The labels of the data set " + id + " hold "
                    + (absent.size() == occurs.length
                            ? "no class"
                            : "one class only, " + names(occurs, true).get(0))
                    + " (" + values + "); say in classes.json which class each value means, such as \"rawIds\": "
                    + "{\"0\": 0, \"255\": 1}.");
        }
        if (!absent.isEmpty()) {
            listener.odd("In the labels of the " + of + " looked at, " + absent.size() + " of " + occurs.length
                    + " classes never occur (" + String.join(", ", absent) + "); " + values + ".");
        } else if (!ignored.isEmpty()) {
            listener.odd("In the labels of the " + of + " looked at, every class occurs; " + values + ".");
        }
    }

    private List<String> names(boolean[] occurs, boolean wanted) {
        return IntStream.range(0, occurs.length)
                .filter(id -> occurs[id] == wanted)
                .mapToObj(id -> id + " \"" + schema.classOf(id).name() + "\"")
                .toList();
    }
}
