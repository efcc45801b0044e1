package dev.reflux.torch.image;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import java.util.random.RandomGenerator;

/**
 * A window of a frame whose corner lies on a grid. The same window of a tensor on this grid, or on a finer grid that divides
 * it, then needs no resampling. Any thread.
 *
 * @param left the left edge in pixels, a multiple of the alignment
 * @param top the top edge in pixels, a multiple of the alignment
 * @param width the width in pixels, at least 1
 * @param height the height in pixels, at least 1
 */
public record GridCrop(int left, int top, int width, int height) {

    public GridCrop {
        if (left < 0 || top < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "a window cannot be " + width + "x" + height + " at " + left + "," + top);
        }
    }

    /** Returns the window that is the whole frame. */
    public static GridCrop whole(ImageSize frame) {
        return new GridCrop(0, 0, frame.width(), frame.height());
    }

    /**
     * Draws a window uniformly among those that lie on the grid. Along an axis on which the frame is not larger than the
     * window, the whole frame is taken.
     *
     * @param frame the size of the frame in pixels
     * @param window the size of the window in pixels, a multiple of the alignment unless it is as large as the frame
     * @param alignment the coarsest stride among the tensors that are cropped alike, in pixels
     */
    public static GridCrop draw(RandomGenerator random, ImageSize frame, ImageSize window, int alignment) {
        int width = Math.min(window.width(), frame.width());
        int height = Math.min(window.height(), frame.height());
        if ((width < frame.width() && width % alignment != 0) || (height < frame.height() && height % alignment != 0)) {
            throw new IllegalArgumentException("a window of " + window + " does not lie on a grid of " + alignment);
        }
        return new GridCrop(
                alignment * random.nextInt((frame.width() - width) / alignment + 1),
                alignment * random.nextInt((frame.height() - height) / alignment + 1),
                width,
                height);
    }

    /** Returns the size in pixels. */
    public ImageSize size() {
        return new ImageSize(width, height);
    }

    /** Returns the window of an image of the frame's size. */
    public RgbImage of(RgbImage image) {
        requireInside(image.width(), image.height());
        byte[] window = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.rgb(), 3 * ((top + y) * image.width() + left), window, 3 * y * width, 3 * width);
        }
        return new RgbImage(width, height, window);
    }

    /** Returns the window of a label of the frame's size. */
    public LabelMap of(LabelMap label) {
        requireInside(label.width(), label.height());
        byte[] window = new byte[width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(label.ids(), (top + y) * label.width() + left, window, y * width, width);
        }
        return new LabelMap(width, height, window);
    }

    /**
     * Returns the window of a tensor, [C,h,w].
     *
     * @param stride the number of pixels for each cell of the tensor's grid; divides the alignment
     */
    public LogitMap of(LogitMap logits, int stride) {
        TensorShape grid = logits.shape();
        if (left % stride != 0 || top % stride != 0) {
            throw new IllegalArgumentException(this + " does not lie on a grid of " + stride);
        }
        int column = left / stride;
        int row = top / stride;
        TensorShape shape =
                new TensorShape(grid.classes(), (height + stride - 1) / stride, (width + stride - 1) / stride);
        if (column + shape.width() > grid.width() || row + shape.height() > grid.height()) {
            throw new IllegalArgumentException(this + " does not lie in " + grid + " of stride " + stride);
        }
        float[] window = new float[shape.size()];
        for (int c = 0, to = 0; c < shape.classes(); c++) {
            for (int y = 0; y < shape.height(); y++, to += shape.width()) {
                int from = (c * grid.height() + row + y) * grid.width() + column;
                System.arraycopy(logits.values(), from, window, to, shape.width());
            }
        }
        return new LogitMap(shape, window);
    }

    private void requireInside(int frameWidth, int frameHeight) {
        if (left + width > frameWidth || top + height > frameHeight) {
            throw new IllegalArgumentException(this + " does not lie in " + frameWidth + "x" + frameHeight);
        }
    }
}
