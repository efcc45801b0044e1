package dev.reflux.trainer.guard;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Finds the cameras whose labels disagree with teacher and student far more than those of the others. A labeled cell is
 * doubted if teacher and student say the same class there, and the label says another one.
 *
 * <ol>
 *   <li>A camera is compared with the median of the other cameras, so a stream that is hard everywhere raises no doubt, and
 *       neither do labels that are wrong everywhere alike. A camera without others is compared with a fixed limit,
 *       {@value #ALONE}.
 *   <li>Frames count only while the student is right in half of the pixels; before that, its word says nothing.
 *   <li>The doubts depend on the compared frames in their order, on the student's accuracy and on the
 *       {@linkplain #state state}, and on nothing else.
 *   <li>What is kept is bounded: one mean for each of {@value LearningGuard#MOST_SOURCES} cameras.
 * </ol>
 *
 * The training thread only.
 */
public final class LabelDoubts {

    /** The number of compared frames from which on a camera's mean is believed. */
    static final int ENOUGH = 16;

    /** What a frame adds to a mean at least: about the last 32 frames count. */
    private static final double PACE = 1.0 / 32;

    /** A camera is doubted if its mean is so many times the others' median, and above it by the margin. */
    private static final double FACTOR = 2;

    private static final double MARGIN = 0.05;

    /** The mean at which a camera is doubted that cannot be compared with any other. */
    static final double ALONE = 0.3;

    /** Doubt ends on this part of the way from what is usual to where it begins, so that it does not flicker. */
    private static final double ENDS = 0.5;

    /** The fraction of labeled cells under which a label says too little to compare. */
    private static final double FEW = 0.05;

    private final DoubleSupplier accuracy;
    private final GuardListener listener;
    private final String whatHappens;
    private final Map<String, Camera> cameras = new LinkedHashMap<>();

    private static final class Camera {
        private double mean;
        private long frames;
        private boolean doubted;

        void add(double share) {
            frames++;
            mean += Math.max(PACE, 1.0 / frames) * (share - mean);
        }

        boolean isKnown() {
            return frames >= ENOUGH;
        }
    }

    /**
     * Creates doubts of a stream of which nothing was seen.
     *
     * @param accuracy the fraction of pixels, 0..1, that the student predicts rightly; NaN before the first frame
     * @param distrust whether the labels of doubted cameras are set aside, for what is said
     */
    public LabelDoubts(DoubleSupplier accuracy, boolean distrust, GuardListener listener) {
        this.accuracy = accuracy;
        this.listener = listener;
        this.whatHappens = distrust
                ? "its frames are trained on without their labels until these agree again"
                : "trainer.learning.distrust would train on its frames without their labels";
    }

    /**
     * Compares the label of a frame with teacher and student.
     *
     * @param labeled the frame with its label
     * @param classes the student's classes before it has learned from the frame, of any size
     */
    public void compare(TrainingSample labeled, LabelMap classes) {
        double share = share(labeled, classes);
        boolean mature = accuracy.getAsDouble() >= LearningGuard.MATURE;
        if (!mature || Double.isNaN(share)) {
            return;
        }
        Camera camera = camera(labeled.cameraId());
        camera.add(share);
        if (camera.isKnown()) {
            judge(labeled.cameraId(), camera);
        }
    }

    /** Returns the doubted fraction of the labeled cells of the teacher's grid; NaN if hardly any has a label. */
    private static double share(TrainingSample labeled, LabelMap classes) {
        LabelMap teacher = labeled.logits().classes();
        byte[] said = teacher.ids();
        byte[] student = classes.nearest(teacher.width(), teacher.height()).ids();
        byte[] label =
                labeled.label().nearest(teacher.width(), teacher.height()).ids();
        int cells = 0;
        int doubted = 0;
        for (int i = 0; i < label.length; i++) {
            if ((label[i] & 0xFF) != LabelSchema.IGNORE) {
                cells++;
                doubted += said[i] == student[i] && said[i] != label[i] ? 1 : 0;
            }
        }
        return cells < FEW * label.length ? Double.NaN : (double) doubted / cells;
    }

    /** Returns a camera's record, which is the last of all now. */
    private Camera camera(String name) {
        Camera known = cameras.remove(name);
        Camera kept = known == null ? new Camera() : known;
        cameras.put(name, kept);
        if (cameras.size() > LearningGuard.MOST_SOURCES) {
            Iterator<String> quietest = cameras.keySet().iterator();
            quietest.next();
            quietest.remove();
        }
        return kept;
    }

    private void judge(String name, Camera camera) {
        double[] others = cameras.values().stream()
                .filter(other -> other != camera && other.isKnown())
                .mapToDouble(other -> other.mean)
                .sorted()
                .toArray();
        boolean alone = others.length == 0;
        double usual = alone ? 0 : median(others);
        double begins = alone ? ALONE : Math.max(FACTOR * usual, usual + MARGIN);
        double ends = usual + ENDS * (begins - usual);
        if (!camera.doubted && camera.mean > begins) {
            camera.doubted = true;
            listener.said(begin(name, camera, alone ? "" : ", with the other cameras in " + percent(usual)));
        } else if (camera.doubted && camera.mean < ends) {
            camera.doubted = false;
            listener.said("The labels of camera " + name + " are not doubted any more: in " + share(camera)
                    + "; they are trained on.");
        }
    }

    private String begin(String name, Camera camera, String others) {
        return "The labels of camera " + name + " are doubted: in " + share(camera) + others
                + "; check who labels its frames, and by which schema; " + whatHappens + ".";
    }

    private static String share(Camera camera) {
        return percent(camera.mean) + " of their cells teacher and student agree on another class";
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * fraction);
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Returns whether a camera's labels are doubted. */
    public boolean isDoubted(String camera) {
        Camera known = cameras.get(camera);
        return known != null && known.doubted;
    }

    /** Returns the number of cameras whose labels are doubted. */
    public int doubted() {
        return (int) cameras.values().stream().filter(camera -> camera.doubted).count();
    }

    /** Returns the record of each camera, the one that was quiet the longest first. */
    public List<DoubtState> state() {
        return cameras.entrySet().stream()
                .map(entry -> new DoubtState(
                        entry.getKey(), entry.getValue().mean, entry.getValue().frames, entry.getValue().doubted))
                .toList();
    }

    /** Continues from a {@link #state}. */
    public void restore(List<DoubtState> state) {
        cameras.clear();
        for (DoubtState one : state) {
            Camera camera = new Camera();
            camera.mean = one.mean();
            camera.frames = one.frames();
            camera.doubted = one.doubted();
            cameras.put(one.camera(), camera);
        }
    }
}
