package dev.reflux.trainer.guard;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.trainer.ingest.TrainingSample;

/** The specks of a label: pixels that differ from both neighbors in their row. Real labels have hardly any. Stateless. */
final class Specks {

    /** The number of rows of a label that are looked at. */
    private static final int ROWS = 48;

    private Specks() {}

    /** Returns the fraction of labeled pixels that are specks, 0..1. */
    static double of(LabelMap label) {
        int every = Math.max(1, label.height() / ROWS);
        long counted = 0;
        long specks = 0;
        byte[] ids = label.ids();
        for (int y = 0; y < label.height(); y += every) {
            int row = y * label.width();
            for (int i = row + 1; i < row + label.width() - 1; i++) {
                if ((ids[i] & 0xFF) != LabelSchema.IGNORE) {
                    counted++;
                    specks += isSpeck(ids, i) ? 1 : 0;
                }
            }
        }
        return counted == 0 ? 0 : (double) specks / counted;
    }

    /** Returns the sample with a label whose specks are ignored. */
    static TrainingSample removed(TrainingSample of) {
        LabelMap label = of.label();
        byte[] ids = label.ids().clone();
        for (int y = 0; y < label.height(); y++) {
            int row = y * label.width();
            for (int i = row + 1; i < row + label.width() - 1; i++) {
                if (isSpeck(label.ids(), i)) {
                    ids[i] = (byte) LabelSchema.IGNORE;
                }
            }
        }
        return of.withLabel(new LabelMap(label.width(), label.height(), ids));
    }

    private static boolean isSpeck(byte[] ids, int place) {
        return ids[place] != ids[place - 1] && ids[place] != ids[place + 1];
    }
}
