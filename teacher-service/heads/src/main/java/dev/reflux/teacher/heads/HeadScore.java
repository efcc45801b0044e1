package dev.reflux.teacher.heads;

import dev.reflux.evaluation.ConfusionMatrix;

/**
 * The score of a head on cells that it was not fitted on.
 *
 * @param bce the mean binary cross-entropy over cells and classes; NaN without cells
 * @param miou the mean intersection over union of arg max Z, 0..1; NaN without cells
 */
record HeadScore(double bce, double miou) {

    /** @param points for each class F weights and the bias, in terms of the standardized features */
    static HeadScore of(LogisticObjective objective, FeatureCells cells, double[][] points) {
        if (cells.count() == 0) {
            return new HeadScore(Double.NaN, Double.NaN);
        }
        Tally tally = new Tally(points.length);
        for (FeatureCells.Block block : cells.blocks()) {
            tally.add(objective.scores(block, points), block.classIds());
        }
        return new HeadScore(tally.bce / cells.count() / points.length, tally.matrix.miou());
    }

    private static final class Tally {

        private final int classes;
        private final ConfusionMatrix matrix;
        private double bce;

        Tally(int classes) {
            this.classes = classes;
            this.matrix = new ConfusionMatrix(classes);
        }

        /** @param z [n, C] */
        void add(float[] z, byte[] classIds) {
            byte[] predicted = new byte[classIds.length];
            for (int i = 0; i < predicted.length; i++) {
                addLoss(z, i * classes, classIds[i] & 0xFF);
                predicted[i] = (byte) argMax(z, i * classes);
            }
            matrix.add(predicted, classIds);
        }

        /** Adds log(1 + e^±z) of each class, written so that it cannot overflow. */
        private void addLoss(float[] z, int from, int label) {
            for (int c = 0; c < classes; c++) {
                double value = z[from + c];
                double signed = c == label ? -value : value;
                bce += Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
            }
        }

        private int argMax(float[] z, int from) {
            int best = 0;
            for (int c = 0; c < classes; c++) {
                best = z[from + c] > z[from + best] ? c : best;
            }
            return best;
        }
    }
}
