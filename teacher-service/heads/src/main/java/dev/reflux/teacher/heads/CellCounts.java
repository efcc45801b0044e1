package dev.reflux.teacher.heads;

import dev.reflux.common.label.LabelSchema;
import java.util.Arrays;

/**
 * The number of labeled cells of each class.
 *
 * @param fit the cells that the fit may use, by class id
 * @param heldOut the cells that only the score may use, by class id
 */
record CellCounts(long[] fit, long[] heldOut) {

    /** Counts the labels of all chosen frames. */
    static CellCounts of(PlannedFrames frames, FrameReader reader, int classes) {
        CellCounts counts = new CellCounts(new long[classes], new long[classes]);
        frames.forEach(planned -> {
            long[] into = planned.heldOut() ? counts.heldOut : counts.fit;
            for (byte id : reader.label(planned.frame()).ids()) {
                if (id != (byte) LabelSchema.IGNORE) {
                    into[id & 0xFF]++;
                }
            }
        });
        return counts;
    }

    /** Returns the number of cells that the fit may use. */
    long fitTotal() {
        return Arrays.stream(fit).sum();
    }

    /** Returns the number of cells that only the score may use. */
    long heldOutTotal() {
        return Arrays.stream(heldOut).sum();
    }
}
