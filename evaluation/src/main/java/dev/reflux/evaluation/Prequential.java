package dev.reflux.evaluation;

/**
 * Prequential score of a stream (Gama, Sebastião and Rodrigues 2013): every frame is predicted before it is trained on,
 * and old frames fade. The fading matrix is M ← α·M + frame, so about 1/(1 − α) frames count. One thread owns a score.
 */
public final class Prequential {

    private final int classes;
    private final double fading;
    private final double[] counts;
    private long frames;

    /**
     * Creates an empty score.
     *
     * @param classes number of classes
     * @param fading factor α, in (0, 1]; 0.98 averages over about 50 frames
     */
    public Prequential(int classes, double fading) {
        if (!(fading > 0 && fading <= 1)) {
            throw new IllegalArgumentException("fading must be in (0, 1], not " + fading);
        }
        this.classes = classes;
        this.fading = fading;
        this.counts = new double[classes * classes];
    }

    /**
     * Counts a frame.
     *
     * @param predicted class id of every pixel, predicted before the frame was trained on
     * @param labels class id or 255 of every pixel
     */
    public void add(byte[] predicted, byte[] labels) {
        ConfusionMatrix frame = new ConfusionMatrix(classes);
        frame.add(predicted, labels);
        long[] added = frame.toArray();
        for (int i = 0; i < counts.length; i++) {
            counts[i] = fading * counts[i] + added[i];
        }
        frames++;
    }

    /** Returns the number of frames. */
    public long frames() {
        return frames;
    }

    /** Returns the mean IoU, 0 to 1, over the classes that have not faded; NaN before the first frame. */
    public double miou() {
        double sum = 0;
        int occurring = 0;
        for (int c = 0; c < classes; c++) {
            double union = -counts[c * classes + c];
            for (int k = 0; k < classes; k++) {
                union += counts[c * classes + k] + counts[k * classes + c];
            }
            // Less than one pixel left of a class: it has faded away.
            if (union >= 1) {
                sum += counts[c * classes + c] / union;
                occurring++;
            }
        }
        return occurring == 0 ? Double.NaN : sum / occurring;
    }

    /** Returns the fraction of pixels that were predicted correctly, 0 to 1; NaN before the first labeled pixel. */
    public double pixelAccuracy() {
        double right = 0;
        double all = 0;
        for (int i = 0; i < counts.length; i++) {
            all += counts[i];
            right += i % (classes + 1) == 0 ? counts[i] : 0;
        }
        return all == 0 ? Double.NaN : right / all;
    }

    /** Returns the state for a checkpoint: the number of frames, then the faded counts. */
    public double[] state() {
        double[] state = new double[1 + counts.length];
        state[0] = frames;
        System.arraycopy(counts, 0, state, 1, counts.length);
        return state;
    }

    /**
     * Replaces the state.
     *
     * @param state state that {@link #state()} returned
     */
    public void restore(double[] state) {
        if (state.length != counts.length + 1) {
            throw new IllegalArgumentException("a state of " + state.length + " values for " + classes + " classes");
        }
        frames = (long) state[0];
        System.arraycopy(state, 1, counts, 0, counts.length);
    }
}
