package dev.reflux.lab.grid;

import dev.reflux.common.tensor.TensorShape;
import java.nio.FloatBuffer;

/**
 * Averages a class-major map onto a coarser grid. A cell is the mean of all cells that it covers wholly or in part, as in
 * PyTorch's adaptive_avg_pool2d.
 */
public final class AreaMean {

    private AreaMean() {}

    /**
     * Returns the mean of a cell.
     *
     * @param map of that shape, from index 0 on
     * @param height rows of the coarser grid
     * @param width columns of the coarser grid
     */
    public static double of(FloatBuffer map, TensorShape shape, int c, int y, int x, int height, int width) {
        int top = y * shape.height() / height;
        int bottom = ((y + 1) * shape.height() + height - 1) / height;
        int left = x * shape.width() / width;
        int right = ((x + 1) * shape.width() + width - 1) / width;
        double sum = 0;
        for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
                sum += map.get((c * shape.height() + row) * shape.width() + column);
            }
        }
        return sum / ((bottom - top) * (right - left));
    }
}
