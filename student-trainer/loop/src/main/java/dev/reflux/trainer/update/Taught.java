package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The classes that a batch teaches on one grid: a cell's label, or the teacher's most likely class where there is no label.
 * Immutable.
 *
 * @param classes the class of each cell, {@link LabelSchema#IGNORE} where nothing teaches
 * @param labels the labels on the same grid
 * @param gaps the number of cells without a label
 * @param filled the number of these that the teacher teaches
 */
record Taught(List<LabelMap> classes, List<LabelMap> labels, long gaps, long filled) {

    /** Returns classes of which only labels teach. */
    static Taught byLabels(List<LabelMap> labels) {
        return new Taught(
                labels, labels, labels.stream().mapToLong(Taught::gaps).sum(), 0);
    }

    /**
     * Returns classes of which the teacher teaches those without a label.
     *
     * @param said the teacher's classes on the grid of the labels; asked for if a label is missing
     */
    static Taught byBoth(List<LabelMap> labels, Supplier<List<LabelMap>> said) {
        Taught alone = byLabels(labels);
        if (alone.gaps == 0) {
            return alone;
        }
        List<LabelMap> teacher = said.get();
        List<LabelMap> classes = new ArrayList<>(labels.size());
        for (int n = 0; n < labels.size(); n++) {
            classes.add(filled(labels.get(n), teacher.get(n)));
        }
        return new Taught(classes, labels, alone.gaps, alone.gaps);
    }

    private static LabelMap filled(LabelMap label, LabelMap said) {
        byte[] ids = label.ids().clone();
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (ids[i] & 0xFF) == LabelSchema.IGNORE ? said.ids()[i] : ids[i];
        }
        return new LabelMap(label.width(), label.height(), ids);
    }

    private static long gaps(LabelMap map) {
        long gaps = 0;
        for (byte id : map.ids()) {
            gaps += (id & 0xFF) == LabelSchema.IGNORE ? 1 : 0;
        }
        return gaps;
    }

    /** Returns the fraction of the teaching cells that have a label, 0..1; NaN if nothing teaches. */
    double labeledFraction() {
        long cells = classes.stream().mapToLong(map -> map.ids().length).sum();
        long labeled = cells - gaps;
        return (double) labeled / (labeled + filled);
    }
}
