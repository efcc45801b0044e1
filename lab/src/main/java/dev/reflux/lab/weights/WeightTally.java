package dev.reflux.lab.weights;

import dev.reflux.common.label.LabelSchema;
import dev.reflux.evaluation.ConfusionMatrix;
import java.util.ArrayList;
import java.util.List;

/** Adds up, over frames, which part of each term falls on cells of each kind. */
final class WeightTally {

    private final double[][] parts = new double[CellKind.values().length][Term.values().length];
    private final ConfusionMatrix teacher;
    private final ConfusionMatrix projected;
    private double evenness;
    private double cosine;
    private int frames;

    WeightTally(int classes) {
        this.teacher = new ConfusionMatrix(classes);
        this.projected = new ConfusionMatrix(classes);
    }

    /** What is divided among the cells of a frame. */
    enum Term {
        /** The cells themselves. */
        CELLS,
        /** KEM's weight W. */
        KEM,
        /** The gradient of L_hakd. */
        HAKD,
        /** The gradient of L_kd. */
        KD,
        /** The gradient of CE. */
        CE;

        double of(CellTerms terms, int cell) {
            return switch (this) {
                case CELLS -> 1;
                case KEM -> terms.weight(cell);
                case HAKD -> terms.hakd(cell);
                case KD -> terms.kd(cell);
                case CE -> terms.ce(cell);
            };
        }
    }

    /**
     * Adds a frame with at least one labeled cell.
     *
     * @param projected the most likely classes by Z_t, on the grid
     */
    void add(CellTerms terms, CellKind.Cells cells, byte[] projected) {
        for (Term term : Term.values()) {
            add(term, terms, cells);
        }
        teacher.add(cells.teacher().ids(), cells.labels().ids());
        this.projected.add(projected, cells.labels().ids());
        evenness += terms.evenness();
        cosine += terms.cosine();
        frames++;
    }

    private void add(Term term, CellTerms terms, CellKind.Cells cells) {
        double[] ofKinds = new double[parts.length];
        double all = 0;
        for (int y = 0; y < cells.labels().height(); y++) {
            for (int x = 0; x < cells.labels().width(); x++) {
                if (cells.labels().at(x, y) == LabelSchema.IGNORE) {
                    continue;
                }
                double value = term.of(terms, y * cells.labels().width() + x);
                all += value;
                for (CellKind kind : CellKind.values()) {
                    ofKinds[kind.ordinal()] += kind.has(cells, x, y) ? value : 0;
                }
            }
        }
        for (int kind = 0; kind < parts.length && all > 0; kind++) {
            parts[kind][term.ordinal()] += ofKinds[kind] / all;
        }
    }

    /** Returns the means over the frames. */
    WeightFigures.Split figures(String name) {
        List<WeightFigures.Row> rows = new ArrayList<>();
        for (CellKind kind : CellKind.values()) {
            double[] sums = parts[kind.ordinal()];
            rows.add(new WeightFigures.Row(
                    kind.title(),
                    sums[Term.CELLS.ordinal()] / frames,
                    sums[Term.KEM.ordinal()] / frames,
                    sums[Term.HAKD.ordinal()] / frames,
                    sums[Term.KD.ordinal()] / frames,
                    sums[Term.CE.ordinal()] / frames));
        }
        return new WeightFigures.Split(
                name, frames, teacher.miou(), projected.miou(), evenness / frames, cosine / frames, rows);
    }
}
