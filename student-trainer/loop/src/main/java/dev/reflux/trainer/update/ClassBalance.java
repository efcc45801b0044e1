package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weighs pixels in CE and L_kd by their class. A class with the fraction f of the pixels that teach has the weight f^−b, scaled
 * so that the mean weight of a pixel is 1: with b = 0 all pixels weigh alike, with b = 1 all classes do. The fractions are
 * those of the new frames so far, because the frequencies of a stream are not known in advance. What teaches counts: the
 * label, or the teacher's class where there is no label and the teacher teaches.
 *
 * <ol>
 *   <li>A balance that imports the {@linkplain #exportState state} of another continues as that one would.
 *   <li>A class that has not occurred weighs as if it had one pixel.
 * </ol>
 *
 * The training thread only.
 */
final class ClassBalance {

    private final double exponent;
    private final long[] pixels;

    /**
     * @param classes the number of classes
     * @param exponent b, 0..1
     */
    ClassBalance(int classes, double exponent) {
        this.exponent = exponent;
        this.pixels = new long[classes];
    }

    boolean isEven() {
        return exponent == 0;
    }

    /** @param taught the classes that new frames teach */
    void count(List<LabelMap> taught) {
        for (LabelMap map : taught) {
            for (byte id : map.ids()) {
                if ((id & 0xFF) != LabelSchema.IGNORE) {
                    pixels[id & 0xFF]++;
                }
            }
        }
    }

    /** Returns the weight of each class; all are 1 if the balance is even. */
    double[] weights() {
        double[] parts = new double[pixels.length];
        long all = Arrays.stream(pixels).sum() + pixels.length;
        double mean = 0;
        for (int c = 0; c < parts.length; c++) {
            parts[c] = (pixels[c] + 1.0) / all;
            mean += Math.pow(parts[c], 1 - exponent);
        }
        double scale = mean;
        return Arrays.stream(parts)
                .map(part -> Math.pow(part, -exponent) / scale)
                .toArray();
    }

    byte[] exportState() {
        ByteBuffer state = ByteBuffer.allocate(Long.BYTES * pixels.length);
        state.asLongBuffer().put(pixels);
        return state.array();
    }

    /** @param state a result of {@link #exportState}; null resets the counts */
    void importState(byte @Nullable [] state) {
        if (state == null) {
            Arrays.fill(pixels, 0);
        } else {
            ByteBuffer.wrap(state).asLongBuffer().get(pixels);
        }
    }
}
