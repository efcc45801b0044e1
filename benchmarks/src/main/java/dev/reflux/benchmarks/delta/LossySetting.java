package dev.reflux.benchmarks.delta;

import dev.reflux.registry.delta.LossyStudent;
import java.util.List;

/**
 * How a lossy student is made.
 *
 * @param fraction of the weights that are taken over
 * @param bits significant ones of each move
 */
record LossySetting(double fraction, int bits) {

    /** AMS's own (half floats), then fewer bits for more weights. */
    static final List<LossySetting> ALL = List.of(
            new LossySetting(0.02, LossyStudent.HALF_FLOAT),
            new LossySetting(0.05, LossyStudent.HALF_FLOAT),
            new LossySetting(0.05, 3),
            new LossySetting(0.10, 2),
            new LossySetting(0.15, 1),
            new LossySetting(0.20, 1));

    String title() {
        return "lossy, %.0f %% of the weights, %d bits".formatted(100 * fraction, bits);
    }
}
