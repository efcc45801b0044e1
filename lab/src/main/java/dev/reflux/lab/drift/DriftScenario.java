package dev.reflux.lab.drift;

import java.util.Random;

/** Streams of losses as a learner gives them, before and after a change whose place is known. */
enum DriftScenario {

    /** Nothing happens: every alarm is false. */
    STEADY("steady 0.3", false) {
        @Override
        double mean(int at) {
            return 0.3;
        }
    },

    /** A learner that learns: the loss falls, and no alarm is wanted. */
    LEARNING("falls 1.5 → 0.3", false) {
        @Override
        double mean(int at) {
            return 0.3 + 1.2 * Math.exp(-at / 60.0);
        }
    },

    /** Night falls at once. */
    STEP("step 0.3 → 0.6", true) {
        @Override
        double mean(int at) {
            return at < CHANGE ? 0.3 : 0.6;
        }
    },

    /** Night falls on a learner whose loss had fallen: its memory of a higher loss hides the change. */
    LEARNING_THEN_STEP("falls 1.5 → 0.3, step + 0.3", true) {
        @Override
        double mean(int at) {
            return LEARNING.mean(at) + (at < CHANGE ? 0 : 0.3);
        }
    },

    /** A small change: one deviation of the noise. */
    SMALL_STEP("step 0.3 → 0.4", true) {
        @Override
        double mean(int at) {
            return at < CHANGE ? 0.3 : 0.4;
        }
    },

    /** Dusk. */
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
