package dev.reflux.lab.learning;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Labels of a stream that are wrong. The same seed makes the same labels wrong, so all methods learn from the same ones; the
 * test keeps its own.
 *
 * @param fraction the fraction of the labeled frames, or of the cameras, whose labels are wrong, 0..1
 * @param kind what is wrong
 */
public record WrongLabels(double fraction, Kind kind) {

    /** Every label is right. */
    public static final WrongLabels NONE = new WrongLabels(0, Kind.FRAME);

    /** The number of consecutive labeled frames in which the same two classes are swapped. */
    private static final int BLOCK = 16;

    /** What is wrong with a label. */
    public enum Kind {
        /** It is that of another frame of the stream. */
        FRAME,
        /** Two classes are swapped, the same ones in blocks of 16 labeled frames. */
        BLOCKS,
        /** Every label of some cameras, of one at least, is that of another frame of the stream. */
        CAMERA
    }

    /** Returns the stream with its wrong labels. */
    StreamPlan in(StreamPlan plan, long seed) {
        if (fraction == 0) {
            return plan;
        }
        List<TrainingSample> labeled =
                plan.all().stream().filter(TrainingSample::isLabeled).toList();
        List<LabelMap> labels = labeled.stream().map(TrainingSample::label).toList();
        Random random = new Random(seed);
        Map<Integer, LabelMap> wrong =
                switch (kind) {
                    case FRAME -> ofOtherFrames(labels, some(labels.size(), random), random);
                    case BLOCKS -> swapped(labels, random);
                    case CAMERA -> ofOtherFrames(labels, ofSomeCameras(labeled, random), random);
                };
        int[] place = {0};
        return plan.seenAs(sample -> {
            LabelMap other = sample.isLabeled() ? wrong.get(place[0]++) : null;
            return other == null ? sample : sample.withLabel(other);
        });
    }

    private static Map<Integer, LabelMap> ofOtherFrames(List<LabelMap> labels, List<Integer> places, Random random) {
        Map<Integer, LabelMap> wrong = new HashMap<>();
        if (labels.size() > 1) {
            for (int place : places) {
                int other = (place + 1 + random.nextInt(labels.size() - 1)) % labels.size();
                LabelMap own = labels.get(place);
                wrong.put(place, labels.get(other).nearest(own.width(), own.height()));
            }
        }
        return wrong;
    }

    /** Returns the places of the labels of some cameras. */
    private List<Integer> ofSomeCameras(List<TrainingSample> labeled, Random random) {
        List<String> cameras = new ArrayList<>(
                labeled.stream().map(TrainingSample::cameraId).distinct().toList());
        Collections.shuffle(cameras, random);
        List<String> some =
                cameras.subList(0, (int) Math.min(cameras.size(), Math.max(1, Math.round(fraction * cameras.size()))));
        return IntStream.range(0, labeled.size())
                .filter(place -> some.contains(labeled.get(place).cameraId()))
                .boxed()
                .toList();
    }

    private Map<Integer, LabelMap> swapped(List<LabelMap> labels, Random random) {
        Map<Integer, LabelMap> wrong = new HashMap<>();
        for (int block : some((labels.size() + BLOCK - 1) / BLOCK, random)) {
            int from = block * BLOCK;
            List<LabelMap> ofBlock = labels.subList(from, Math.min(labels.size(), from + BLOCK));
            List<Integer> classes = new ArrayList<>(classes(ofBlock));
            Collections.shuffle(classes, random);
            for (int i = 0; i < ofBlock.size() && classes.size() > 1; i++) {
                wrong.put(from + i, swapped(ofBlock.get(i), classes.get(0), classes.get(1)));
            }
        }
        return wrong;
    }

    /** Returns the wrong ones of so many places, in a random order. */
    private List<Integer> some(int of, Random random) {
        List<Integer> places = new ArrayList<>(IntStream.range(0, of).boxed().toList());
        Collections.shuffle(places, random);
        return places.subList(0, (int) Math.round(fraction * of));
    }

    private static SortedSet<Integer> classes(List<LabelMap> labels) {
        SortedSet<Integer> classes = new TreeSet<>();
        for (LabelMap label : labels) {
            for (byte id : label.ids()) {
                classes.add(id & 0xFF);
            }
        }
        classes.remove(LabelSchema.IGNORE);
        return classes;
    }

    private static LabelMap swapped(LabelMap label, int one, int other) {
        byte[] ids = label.ids().clone();
        for (int i = 0; i < ids.length; i++) {
            int id = ids[i] & 0xFF;
            ids[i] = (byte) (id == one ? other : id == other ? one : id);
        }
        return new LabelMap(label.width(), label.height(), ids);
    }
}
