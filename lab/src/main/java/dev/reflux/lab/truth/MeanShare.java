package dev.reflux.lab.truth;

/**
 * A mean over cells.
 *
 * @param share the mean, 0..1; 0 without cells
 * @param cells number of cells
 */
record MeanShare(double share, long cells) {

    static MeanShare of(double sum, long cells) {
        return new MeanShare(cells == 0 ? 0 : sum / cells, cells);
    }

    /** Returns the mean over the cells of both. */
    MeanShare and(MeanShare other) {
        return of(share * cells + other.share * other.cells, cells + other.cells);
    }

    /** Returns the mean, or NaN without cells. */
    double value() {
        return cells == 0 ? Double.NaN : share;
    }
}
