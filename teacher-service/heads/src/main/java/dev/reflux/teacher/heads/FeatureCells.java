package dev.reflux.teacher.heads;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The feature vectors of sampled cells, with their classes and weights, in blocks of rows. A block is allocated when the one
 * before it is full. One thread.
 */
final class FeatureCells implements AutoCloseable {

    private static final int BLOCK_ROWS = 4096;

    /**
     * A block of cells.
     *
     * @param x the features, float [n, F]
     * @param classes the class ids, int64 [n]
     * @param weights the weights, float [n]
     * @param classIds the class ids, n bytes
     */
    record Block(NDArray x, NDArray classes, NDArray weights, byte[] classIds) {}

    private final NDManager manager;
    private final int features;
    private final List<Block> blocks = new ArrayList<>();
    private final float[] row;
    private ByteBuffer open;
    private byte[] classes = new byte[BLOCK_ROWS];
    private float[] weights = new float[BLOCK_ROWS];
    private int rows;
    private long total;

    FeatureCells(NDManager parent, int features) {
        this.manager = parent.newSubManager();
        this.features = features;
        this.row = new float[features];
        this.open = newBlock();
    }

    private ByteBuffer newBlock() {
        return ByteBuffer.allocateDirect(BLOCK_ROWS * features * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    /**
     * Adds a copy of one cell.
     *
     * @param map the features of a frame, [F, plane], row-major
     * @param plane the number of cells of the frame
     * @param cell the index of the cell in the plane
     */
    void add(FloatBuffer map, int plane, int cell, int classId, float weight) {
        for (int f = 0, from = cell; f < features; f++, from += plane) {
            row[f] = map.get(from);
        }
        open.asFloatBuffer().put(rows * features, row);
        classes[rows] = (byte) classId;
        weights[rows] = weight;
        total++;
        if (++rows == BLOCK_ROWS) {
            close(BLOCK_ROWS);
            open = newBlock();
        }
    }

    private void close(int count) {
        long[] ids = new long[count];
        for (int i = 0; i < count; i++) {
            ids[i] = classes[i];
        }
        float[] kept = Arrays.copyOf(weights, count);
        ByteBuffer data = open.slice(0, count * features * Float.BYTES).order(ByteOrder.nativeOrder());
        blocks.add(new Block(
                manager.create(data, new Shape(count, features), DataType.FLOAT32),
                manager.create(ids),
                manager.create(kept),
                Arrays.copyOf(classes, count)));
        rows = 0;
    }

    /** Returns all cells. None may be added afterwards. */
    List<Block> blocks() {
        if (rows > 0) {
            close(rows);
        }
        return blocks;
    }

    /** Returns the number of cells. */
    long count() {
        return total;
    }

    /** Returns the number of channels, F. */
    int features() {
        return features;
    }

    @Override
    public void close() {
        manager.close();
    }
}
