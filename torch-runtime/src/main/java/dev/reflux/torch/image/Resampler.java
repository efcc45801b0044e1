package dev.reflux.torch.image;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;

/**
 * Resamples images by a separable triangle filter: bilinear when an image grows; when it shrinks, the filter widens with the
 * scale, so that every pixel counts. One owner thread.
 */
final class Resampler {

    private static final int CHANNELS = 3;

    private float[] result = new float[0];
    private float[] narrow = new float[0];

    /** Returns three planes of 0..1 of the view's size, in memory that the next call overwrites. */
    float[] resize(RgbImage image, ImageSize view) {
        int rows = image.height();
        int width = view.width();
        int pixels = width * view.height();
        if (result.length < CHANNELS * pixels) {
            result = new float[CHANNELS * pixels];
        }
        if (narrow.length < CHANNELS * rows * width) {
            narrow = new float[CHANNELS * rows * width];
        }
        Taps across = Taps.of(image.width(), width);
        Taps down = Taps.of(rows, view.height());
        horizontal(image, across, width);
        for (int c = 0; c < CHANNELS; c++) {
            for (int y = 0; y < view.height(); y++) {
                vertical(c * rows, down, y, width, c * pixels + y * width);
            }
        }
        return result;
    }

    private void horizontal(RgbImage image, Taps taps, int width) {
        byte[] rgb = image.rgb();
        int rows = image.height();
        for (int y = 0; y < rows; y++) {
            int line = y * image.width() * CHANNELS;
            for (int x = 0; x < width; x++) {
                float r = 0;
                float g = 0;
                float b = 0;
                int from = line + taps.first()[x] * CHANNELS;
                for (float weight : taps.weights()[x]) {
                    r += weight * (rgb[from++] & 0xFF);
                    g += weight * (rgb[from++] & 0xFF);
                    b += weight * (rgb[from++] & 0xFF);
                }
                narrow[y * width + x] = r;
                narrow[(rows + y) * width + x] = g;
                narrow[(2 * rows + y) * width + x] = b;
            }
        }
    }

    private void vertical(int firstRow, Taps taps, int y, int width, int to) {
        float[] weights = taps.weights()[y];
        java.util.Arrays.fill(result, to, to + width, 0);
        for (int k = 0; k < weights.length; k++) {
            float weight = weights[k] / 255f;
            int from = (firstRow + taps.first()[y] + k) * width;
            for (int x = 0; x < width; x++) {
                result[to + x] += weight * narrow[from + x];
            }
        }
    }

    /**
     * The sources of each target along one axis.
     *
     * @param first the index of the first source
     * @param weights the weights of this source and the following ones; their sum is 1
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Taps(int[] first, float[][] weights) {

        static Taps of(int source, int target) {
            int[] first = new int[target];
            float[][] weights = new float[target][];
            double scale = (double) source / target;
            double support = Math.max(1, scale);
            for (int i = 0; i < target; i++) {
                double center = (i + 0.5) * scale;
                int from = Math.max(0, (int) (center - support + 0.5));
                int to = Math.min(source, (int) (center + support + 0.5));
                double[] triangle = new double[to - from];
                double sum = 0;
                for (int k = 0; k < triangle.length; k++) {
                    triangle[k] = Math.max(0, 1 - Math.abs((from + k + 0.5 - center) / support));
                    sum += triangle[k];
                }
                first[i] = from;
                weights[i] = new float[triangle.length];
                for (int k = 0; k < triangle.length; k++) {
                    weights[i][k] = (float) (triangle[k] / sum);
                }
            }
            return new Taps(first, weights);
        }
    }
}
