package dev.reflux.teacher.heads;

/**
 * The standardization of features. Immutable.
 *
 * @param mean the weighted mean of each feature
 * @param deviation the weighted standard deviation of each feature; 0 for a constant one
 */
record Standardization(double[] mean, double[] deviation) {

    /** Returns the means. */
    float[] meanFloats() {
        return floats(mean);
    }

    /** Returns 1 / deviation; 0 for a constant feature, which then has no effect. */
    float[] scaleFloats() {
        double[] scale = new double[deviation.length];
        for (int f = 0; f < scale.length; f++) {
            scale[f] = deviation[f] > 0 ? 1 / deviation[f] : 0;
        }
        return floats(scale);
    }

    /**
     * Expresses a regression in terms of the raw features: W' = W / deviation, b' = b − W·(mean / deviation).
     *
     * @param point F weights, then the bias
     * @param weight filled with W', from index {@code from} on
     * @return b'
     */
    float fold(double[] point, float[] weight, int from) {
        double bias = point[mean.length];
        for (int f = 0; f < mean.length; f++) {
            double folded = deviation[f] > 0 ? point[f] / deviation[f] : 0;
            weight[from + f] = (float) folded;
            bias -= folded * mean[f];
        }
        return (float) bias;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
