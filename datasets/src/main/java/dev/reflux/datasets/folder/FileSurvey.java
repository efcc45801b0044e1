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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Looks through the files of a data set once: that every image is there and which frames have a label, and, of up to 500
 * frames with a label and 500 without, spread evenly, that image and label can be used together and which classes occur.
 * Confined to one thread.
 */
final class FileSurvey {

    private static final int MOST_FRAMES = 500;
    /** Split whose frames may lack their label. Every other is scored. */
    private static final String TAUGHT = "train";

    private final String id;
    private final LabelSchema schema;
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();
    private final long[] rawValues = new long[256];
    private final Oddities unusable = new Oddities();
    private int usableLabels;
    private final Oddities masks = new Oddities();

    FileSurvey(String id, LabelSchema schema) {
        this.id = id;
        this.schema = schema;
    }

    /**
     * Looks through the files.
     *
     * @param splits files of each split
     * @throws UsageException when an image is missing, or the label of a frame that is scored, when no frame has a label or
     *     none can be used, or when the labels hold fewer than two classes
     */
    void look(Map<String, List<FrameFile>> splits, SurveyListener listener) {
        List<FrameFile> all = splits.values().stream().flatMap(List::stream).toList();
        requireImages(all);
        List<FrameFile> labeled = all.stream().filter(FrameFile::labeled).toList();
        List<FrameFile> alone = all.stream().filter(frame -> !frame.labeled()).toList();
        requireLabels(alone, all.size());
        splits.forEach((split, files) -> unlabeled(split, files, listener));
        // Both kinds apart: where labels are few, a choice among all frames would miss classes that occur.
        List<FrameFile> chosen = new ArrayList<>(spread(labeled));
        chosen.addAll(spread(alone));
        for (int i = 0; i < chosen.size(); i++) {
            look(chosen.get(i));
            listener.lookedAt(i + 1, chosen.size());
        }
        String of = lookedAt(chosen.size(), all.size());
        int withLabel = Math.min(MOST_FRAMES, labeled.size());
        requireUsable(withLabel);
        if (!unusable.isEmpty()) {
            listener.odd("Of the " + of + " looked at, " + unusable.count() + " cannot be used and will be refused ("
                    + unusable.examples() + ").");
        }
        if (!masks.isEmpty()) {
            listener.odd("Of the " + of + " looked at, " + masks.count()
                    + " have an image that looks like a label: each of its values is a class (" + masks.examples()
                    + ").");
        }
        classes(lookedAt(withLabel, labeled.size()), listener);
    }

    private static List<FrameFile> spread(List<FrameFile> frames) {
        int count = Math.min(MOST_FRAMES, frames.size());
        return IntStream.range(0, count)
                .mapToObj(i -> frames.get((int) ((long) i * frames.size() / count)))
                .toList();
    }

    private static String lookedAt(int count, int all) {
        return count < all ? count + " of " + all + " frames" : count + " frames";
    }

    private void requireImages(List<FrameFile> frames) {
        Oddities missing = new Oddities();
        frames.stream()
                .map(FrameFile::image)
                .filter(image -> !Files.isRegularFile(image))
                .forEach(image -> missing.add(String.valueOf(image)));
        if (!missing.isEmpty()) {
            throw new UsageException("The data set " + id + " has " + missing.counted("frame") + " without an image ("
                    + missing.examples() + "); check that the copy is whole.");
        }
    }

    private void requireLabels(List<FrameFile> alone, int all) {
        if (alone.size() == all) {
            Oddities missing = expected(alone);
            throw new UsageException("No frame of the data set " + id + " has a label (" + missing.examples()
                    + "); put the labels there, each with the name of its image.");
        }
    }

    /** Says how many frames of a split have no label, and refuses them where they are to be scored. */
    private void unlabeled(String split, List<FrameFile> files, SurveyListener listener) {
        Oddities missing =
                expected(files.stream().filter(frame -> !frame.labeled()).toList());
        if (missing.isEmpty()) {
            return;
        }
        if (!split.equals(TAUGHT)) {
            throw new UsageException("The split \"" + split + "\" of the data set " + id + " has "
                    + missing.counted("frame") + " without a label (" + missing.examples()
                    + "), and a score needs labels; add them, or leave those frames out of the split.");
        }
        boolean one = missing.count() == 1;
        listener.odd(missing.count() + " of " + files.size() + " frames of " + split
                + (one
                        ? " has no label; the teacher teaches it alone ("
                        : " have no label; the teacher teaches them alone (")
                + missing.examples() + ").");
    }

    private static Oddities expected(List<FrameFile> frames) {
        Oddities missing = new Oddities();
        frames.forEach(frame -> missing.add(String.valueOf(frame.label())));
        return missing;
    }

    private void look(FrameFile file) {
        Frame frame = file.read();
        try {
            ImageSize image = images.probe(frame.image());
            if (frame.labeled()) {
                count(frame, image);
            }
        } catch (RejectedFrameException e) {
            unusable.add(frame.frameId() + ": " + e.getMessage());
        }
        if (looksLikeLabel(frame.image())) {
            if (!frame.labeled()) {
                throw new UsageException("The image " + file.image() + " has no label and looks like one: each of its "
                        + "values is a class; move it to the labels, or leave it out of the data set.");
            }
            masks.add(frame.frameId());
        }
    }

    private void count(Frame frame, ImageSize image) throws RejectedFrameException {
        long[] counts = labels.countRawValues(frame.label());
        // Sizes and values, with the sentence that the frame would be refused with.
        labels.decode(frame.label(), schema, image.width(), image.height());
        Arrays.setAll(rawValues, value -> rawValues[value] + counts[value]);
        usableLabels++;
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

    /** @param labeled number of frames with a label that were looked at */
    private void requireUsable(int labeled) {
        if (usableLabels == 0) {
            throw new UsageException("The data set " + id + " has no frame that can be used (" + unusable.examples()
                    + "); correct its files or its schema.");
        }
        if (masks.count() == labeled) {
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
