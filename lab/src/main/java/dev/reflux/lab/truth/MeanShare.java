package dev.reflux.lab.truth;

/**
 * A mean over cells.
 *
 * @param share 0 to 1; 0 of no cells
 * @param cells how many
 */
record MeanShare(double share, long cells) {

    static MeanShare of(double sum, long cells) {
        return new MeanShare(cells == 0 ? 0 : sum / cells, cells);
    }

    /** The mean over the cells of both. */
    MeanShare and(MeanShare other) {
        return of(share * cells + other.share * other.cells, cells + other.cells);
    }

    /** NaN of no cells. */
    double value() {
        return cells == 0 ? Double.NaN : share;
    }
}
