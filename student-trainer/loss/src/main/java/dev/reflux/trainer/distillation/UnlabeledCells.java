package dev.reflux.trainer.distillation;

/**
 * How cells without a label are taught, by the teacher alone. The teacher's most likely class, its pseudo-label, is their y.
 * Each weight scales what such a cell adds to a term: with 1 it counts as much as a labeled cell, with 0 the term does not see
 * it. Immutable.
 *
 * @param ce the weight in CE(s, y), where y is the pseudo-label, 0 or more
 * @param kd the weight in L_kd, 0 or more
 * @param hakd the weight in L_hakd and in BCE(Z_s, y), where y is the pseudo-label, 0 or more
 */
public record UnlabeledCells(double ce, double kd, double hakd) {

    /** Cells without a label teach nothing. */
    public static final UnlabeledCells UNTAUGHT = new UnlabeledCells(0, 0, 0);

    public UnlabeledCells {
        if (!(ce >= 0) || !(kd >= 0) || !(hakd >= 0)) {
            throw new IllegalArgumentException("the weights of cells without a label cannot be negative");
        }
    }

    /** Returns the defaults: every term counts a cell without a label as it counts one with a label. */
    public static UnlabeledCells standard() {
        return new UnlabeledCells(1, 1, 1);
    }

    /** Returns whether any term sees cells without a label. */
    public boolean areTaught() {
        return ce > 0 || kd > 0 || hakd > 0;
    }

    /** Returns the same weights without the distillation terms: pseudo-labels teach like labels. */
    public UnlabeledCells byClassOnly() {
        return new UnlabeledCells(ce, 0, hakd);
    }
}
