package dev.reflux.teacher.heads;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The teacher's final logits at labeled cells, and the classes of the labels: evenly spread over all cells that are offered, so
 * that the memory is bounded. One thread.
 */
final class CalibrationCells {

    /** The largest number of cells that are kept. One parameter is fitted on them. */
    static final int MOST = 100_000;

    private final int classes;
    private final long every;
    private float[] logits = new float[0];
    private byte[] ids = new byte[0];
    private int count;
    private long offered;

    /**
     * @param classes the number of classes, C
     * @param expected the number of cells that will be offered
     */
    CalibrationCells(int classes, long expected) {
        this.classes = classes;
        this.every = Math.max(1, (expected + MOST - 1) / MOST);
    }

    /**
     * Offers a cell.
     *
     * @param map the logits of one frame, [C, plane]
     * @param plane the number of cells of the map
     * @param cell the index of the cell in the map
     * @param id the class of its label
     */
    void offer(FloatBuffer map, int plane, int cell, int id) {
        if (offered++ % every != 0) {
            return;
        }
        if (count == ids.length) {
            int larger = Math.max(1024, 2 * count);
            ids = Arrays.copyOf(ids, larger);
            logits = Arrays.copyOf(logits, larger * classes);
        }
        for (int c = 0; c < classes; c++) {
            logits[count * classes + c] = map.get(c * plane + cell);
        }
        ids[count++] = (byte) id;
    }

    int count() {
        return count;
    }

    int classes() {
        return classes;
    }

    /** Returns the logit of a class at a kept cell. */
    float logit(int cell, int c) {
        return logits[cell * classes + c];
    }

    /** Returns the class of a kept cell's label. */
    int label(int cell) {
        return ids[cell] & 0xFF;
    }
}
