package dev.reflux.torch.image;

/**
 * Linear sampling along one axis, with half-pixel centers and repeated edges: target i lies between two sources.
 *
 * @param low the index of the source before each target
 * @param high the index of the source after each target
 * @param weight the weight of the source after each target, 0..1
 */
@SuppressWarnings("ArrayRecordComponent")
record Lerp(int[] low, int[] high, float[] weight) {

    /** Returns the first target after the given one that does not lie between the same two sources. */
    int endOfCell(int target) {
        int end = target + 1;
        while (end < low.length && low[end] == low[target]) {
            end++;
        }
        return end;
    }

    /** Returns the sampling of so many targets from so many sources. */
    static Lerp of(int source, int target) {
        int[] low = new int[target];
        int[] high = new int[target];
        float[] weight = new float[target];
        float scale = (float) source / target;
        for (int i = 0; i < target; i++) {
            float position = Math.max(0, scale * (i + 0.5f) - 0.5f);
            low[i] = Math.min((int) position, source - 1);
            high[i] = Math.min(low[i] + 1, source - 1);
            weight[i] = position - low[i];
        }
        return new Lerp(low, high, weight);
    }
}
