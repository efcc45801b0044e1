package dev.reflux.teacher.pretrain;

import java.util.Arrays;

/** How much each class counts in the loss. */
public enum ClassWeights {
    /** All alike. */
    NONE {
        @Override
        double exponent() {
            return 0;
        }
    },
    /** The square root of {@link #MEDIAN_FREQUENCY}: half-way. */
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
     * @param pixels of each class, over all frames
     * @param framePixels labelled pixels of the frames in which the class occurs
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
            // A class that never occurs never meets its weight.
            double ratio = Double.isNaN(frequency[c]) ? 1 : present[present.length / 2] / frequency[c];
            weights[c] = (float) Math.pow(Math.max(LEAST, Math.min(MOST, ratio)), exponent());
        }
        return weights;
    }
}
