package dev.reflux.teacher.heads;

import ai.djl.ndarray.NDManager;

/**
 * The sampled feature vectors, apart by use.
 *
 * @param fit the cells that the regression is fitted on
 * @param heldOut the cells that only the score uses
 * @param calibration the final logits at labeled cells of both
 */
record SplitCells(FeatureCells fit, FeatureCells heldOut, CalibrationCells calibration) implements AutoCloseable {

    /** @param features the number of channels, F */
    static SplitCells create(NDManager manager, int features, CalibrationCells calibration) {
        return new SplitCells(new FeatureCells(manager, features), new FeatureCells(manager, features), calibration);
    }

    @Override
    public void close() {
        heldOut.close();
        fit.close();
    }
}
