package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pixel weighs in CE and L_kd by its class. A class whose part of the labelled pixels so far is f weighs f^−b, scaled
 * so that the mean weight of a pixel is 1: with b = 0 all weigh alike, with b = 1 all classes do. A stream does not tell how
 * often a class comes before it has come, so the parts are those of the new frames seen up to now.
 *
 * <ol>
 *   <li>{@link #importState} of {@link #exportState} goes on as if there had been no interruption.
 *   <li>A class that has not been seen weighs as if one pixel of it had been.
 * </ol>
 *
 * The training thread only.
 */
final class ClassBalance {

    private final double exponent;
    private final long[] pixels;

    /** @param exponent b, 0..1 */
    ClassBalance(int classes, double exponent) {
        this.exponent = exponent;
        this.pixels = new long[classes];
    }

    boolean isEven() {
        return exponent == 0;
    }

    /** @param labels of frames that are new */
    void count(List<LabelMap> labels) {
        for (LabelMap map : labels) {
            for (byte id : map.ids()) {
                if ((id & 0xFF) != LabelSchema.IGNORE) {
                    pixels[id & 0xFF]++;
                }
            }
        }
    }

    /** By class. */
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

    /** Writes the weight of every pixel, 0 where it has no label. */
    void weigh(List<LabelMap> labels, FloatBuffer to) {
        double[] weights = weights();
        for (LabelMap map : labels) {
            for (byte id : map.ids()) {
                int c = id & 0xFF;
                to.put(c == LabelSchema.IGNORE ? 0 : (float) weights[c]);
            }
        }
    }

    byte[] exportState() {
        ByteBuffer state = ByteBuffer.allocate(Long.BYTES * pixels.length);
        state.asLongBuffer().put(pixels);
        return state.array();
    }

    /** @param state null: nothing has been seen */
    void importState(byte @Nullable [] state) {
        if (state == null) {
            Arrays.fill(pixels, 0);
        } else {
            ByteBuffer.wrap(state).asLongBuffer().get(pixels);
        }
    }
}
