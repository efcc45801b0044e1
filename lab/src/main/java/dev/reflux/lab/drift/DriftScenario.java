package dev.reflux.lab.drift;

import java.util.Random;

/** Synthetic loss streams with a change at a known position. */
enum DriftScenario {

    /** A stationary stream: every alarm is false. */
    STEADY("steady 0.3", false) {
        @Override
        double mean(int at) {
            return 0.3;
        }
    },

    /** A falling loss, as of a student that learns: every alarm is false. */
    LEARNING("falls 1.5 → 0.3", false) {
        @Override
        double mean(int at) {
            return 0.3 + 1.2 * Math.exp(-at / 60.0);
        }
    },

    /** A sudden rise of the loss. */
    STEP("step 0.3 → 0.6", true) {
        @Override
        double mean(int at) {
            return at < CHANGE ? 0.3 : 0.6;
        }
    },

    /** A sudden rise after a fall: the detector's memory of the higher loss hides the change. */
    LEARNING_THEN_STEP("falls 1.5 → 0.3, step + 0.3", true) {
        @Override
        double mean(int at) {
            return LEARNING.mean(at) + (at < CHANGE ? 0 : 0.3);
        }
    },

    /** A small rise, by one standard deviation of the noise. */
    SMALL_STEP("step 0.3 → 0.4", true) {
        @Override
        double mean(int at) {
            return at < CHANGE ? 0.3 : 0.4;
        }
    },

    /** A gradual rise, as at dusk. */
    RAMP("ramp 0.3 → 0.6 over 100", true) {
        @Override
        double mean(int at) {
            return 0.3 + 0.3 * Math.min(1, Math.max(0, at - CHANGE) / 100.0);
        }
    };

    static final int CHANGE = 400;
    static final int LENGTH = 800;
    private static final double NOISE = 0.1;

    private final String label;
    private final boolean changes;

    DriftScenario(String label, boolean changes) {
        this.label = label;
        this.changes = changes;
    }

    abstract double mean(int at);

    String label() {
        return label;
    }

    boolean changes() {
        return changes;
    }

    /** Gaussian around the mean, with a deviation of 0.1. */
    double[] stream(long seed) {
        Random random = new Random(seed);
        double[] figures = new double[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            figures[i] = mean(i) + NOISE * random.nextGaussian();
        }
        return figures;
    }
}
