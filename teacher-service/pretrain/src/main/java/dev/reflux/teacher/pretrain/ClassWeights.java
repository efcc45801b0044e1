package dev.reflux.teacher.pretrain;

import java.util.Arrays;

/** The weights of the classes in the loss. */
public enum ClassWeights {
    /** Weight 1 for every class. */
    NONE {
        @Override
        double exponent() {
            return 0;
        }
    },
    /** The square roots of {@link #MEDIAN_FREQUENCY}. */
    SOFTENED {
        @Override
        double exponent() {
            return 0.5;
        }
    },
    /**
     * median(f) / f_c, f_c = pixels of class c / pixels of the frames in which c occurs (Eigen and Fergus, ICCV 2015),
     * between 0.1 and 10.
     */
    MEDIAN_FREQUENCY {
        @Override
        double exponent() {
            return 1;
        }
    };

    private static final double LEAST = 0.1;
    private static final double MOST = 10;

    abstract double exponent();

    /**
     * Returns the weight of each class.
     *
     * @param pixels the number of pixels of each class, over all frames
     * @param framePixels the number of labeled pixels in the frames in which each class occurs
     */
    float[] of(long[] pixels, long[] framePixels) {
        double[] frequency = new double[pixels.length];
        for (int c = 0; c < pixels.length; c++) {
            frequency[c] = pixels[c] == 0 ? Double.NaN : (double) pixels[c] / framePixels[c];
        }
        double[] present =
                Arrays.stream(frequency).filter(f -> !Double.isNaN(f)).sorted().toArray();
        float[] weights = new float[pixels.length];
        for (int c = 0; c < pixels.length; c++) {
            // The weight of a class that never occurs has no effect.
            double ratio = Double.isNaN(frequency[c]) ? 1 : present[present.length / 2] / frequency[c];
            weights[c] = (float) Math.pow(Math.max(LEAST, Math.min(MOST, ratio)), exponent());
        }
        return weights;
    }
}
