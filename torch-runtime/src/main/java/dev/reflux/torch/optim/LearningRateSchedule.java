package dev.reflux.torch.optim;

/** The learning rate as a pure function of the step. Any thread. */
@FunctionalInterface
public interface LearningRateSchedule {

    /**
     * Returns the learning rate of a step.
     *
     * @param step the step, counted from 0. After the end of a schedule the last value remains
     */
    double at(long step);

    /** Returns the same rate for all steps. */
    static LearningRateSchedule constant(double rate) {
        requireRate(rate);
        return step -> rate;
    }

    /** Returns rate · (1 − step/total)^power, at least the floor. */
    static LearningRateSchedule poly(double rate, long total, double power, double floor) {
        requireRate(rate);
        requireSteps(total);
        return step -> Math.max(floor, rate * Math.pow(1 - Math.min(step, total) / (double) total, power));
    }

    /** Returns a schedule that falls from rate to floor along half a cosine (Loshchilov and Hutter, ICLR 2017, no restarts). */
    static LearningRateSchedule cosine(double rate, long total, double floor) {
        requireRate(rate);
        requireSteps(total);
        return step -> floor + (rate - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(step, total) / (double) total));
    }

    /**
     * Returns this schedule with a linear warm-up: the rate of step s is multiplied by (s + 1)/(steps + 1) while s is less
     * than steps. The schedule itself is not delayed.
     *
     * @param steps the length of the warm-up, at least 0
     */
    default LearningRateSchedule withWarmUp(long steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("a warm-up cannot have " + steps + " steps");
        }
        return step -> step < steps ? at(step) * (step + 1) / (steps + 1.0) : at(step);
    }

    private static void requireRate(double rate) {
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("a learning rate cannot be " + rate);
        }
    }

    private static void requireSteps(long total) {
        if (total < 1) {
            throw new IllegalArgumentException("a schedule cannot have " + total + " steps");
        }
    }
}
