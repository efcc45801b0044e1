package dev.reflux.trainer.guard;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import java.util.Arrays;

/**
 * Which classes are usual at which height of an image: the sky is above, the road below. Label and teacher can be compared
 * with it before the student knows anything. One owner thread.
 */
final class Layout {

    private static final int BANDS = 8;

    /** What a frame keeps of the frames before: about 64 count. */
    private static final double FADING = 1 - 1.0 / 64;

    private double[] parts = new double[0];

    /** Adds the map of a sane frame. */
    void add(LabelMap map, int classes) {
        if (parts.length != BANDS * classes) {
            parts = new double[BANDS * classes];
        }
        for (int i = 0; i < parts.length; i++) {
            parts[i] *= FADING;
        }
        double cell = 1.0 / map.ids().length;
        for (int i = 0; i < map.ids().length; i++) {
            int id = map.ids()[i] & 0xFF;
            if (id < classes) {
                parts[band(map, i) * classes + id] += cell;
            }
        }
    }

    /** Returns the mean probability, 0..1, of a map's classes at their heights; NaN if nothing is known or labeled. */
    double likeness(LabelMap map, int classes) {
        if (parts.length != BANDS * classes) {
            return Double.NaN;
        }
        double[] whole = new double[BANDS];
        for (int band = 0; band < BANDS; band++) {
            whole[band] =
                    Arrays.stream(parts, band * classes, (band + 1) * classes).sum();
        }
        double sum = 0;
        int labeled = 0;
        for (int i = 0; i < map.ids().length; i++) {
            int id = map.ids()[i] & 0xFF;
            if (id != LabelSchema.IGNORE) {
                int band = band(map, i);
                sum += id < classes && whole[band] > 0 ? parts[band * classes + id] / whole[band] : 0;
                labeled++;
            }
        }
        return labeled == 0 ? Double.NaN : sum / labeled;
    }

    private static int band(LabelMap map, int place) {
        return place / map.width() * BANDS / map.height();
    }

    double[] state() {
        return parts.clone();
    }

    /** @param state a result of {@link #state} */
    void restore(double[] state) {
        parts = state.clone();
    }
}
