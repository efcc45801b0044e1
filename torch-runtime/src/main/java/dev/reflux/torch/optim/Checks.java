package dev.reflux.torch.optim;

/** Conditions on a schedule's numbers. */
final class Checks {

    private Checks() {}

    static void rate(double rate) {
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("a learning rate cannot be " + rate);
        }
    }

    static void total(long total) {
        if (total < 1) {
            throw new IllegalArgumentException("a schedule cannot have " + total + " steps");
        }
    }
}
