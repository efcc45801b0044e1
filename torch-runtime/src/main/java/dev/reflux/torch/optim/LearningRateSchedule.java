package dev.reflux.torch.optim;

/** Learning rate as a pure function of the step, counted from 0. Any thread. */
@FunctionalInterface
public interface LearningRateSchedule {

    /** @param step at least 0; steps behind a schedule's end keep its last value */
    double at(long step);

    /** The same at all times. */
    static LearningRateSchedule constant(double rate) {
        requireRate(rate);
        return step -> rate;
    }

    /** rate · (1 − step/total)^power, never under floor. */
    static LearningRateSchedule poly(double rate, long total, double power, double floor) {
        requireRate(rate);
        requireSteps(total);
        return step -> Math.max(floor, rate * Math.pow(1 - Math.min(step, total) / (double) total, power));
    }

    /** From rate to floor along half a cosine (Loshchilov and Hutter, ICLR 2017, without restarts). */
    static LearningRateSchedule cosine(double rate, long total, double floor) {
        requireRate(rate);
        requireSteps(total);
        return step -> floor + (rate - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(step, total) / (double) total));
    }

    /** Rises linearly over the given steps to this schedule, which runs from its own start meanwhile: step s < steps is scaled by (s + 1)/(steps + 1). */
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
