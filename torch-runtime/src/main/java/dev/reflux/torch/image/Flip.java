package dev.reflux.torch.image;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;

/**
 * Exchanges left and right of an image, a label or a tensor of a frame. A tensor on a grid may be flipped instead of being
 * computed from the flipped frame only if cells map onto cells: see {@link #fits}. Any thread.
 */
public final class Flip {

    private Flip() {}

    /**
     * Returns whether a flip maps cells onto cells: whether the cells divide the width evenly, at a stride that is a power of
     * two. If the last cell of a grid reaches beyond the frame, they do not.
     *
     * @param width the width of the frame in pixels
     * @param cells the number of cells in a row of the grid
     */
    public static boolean fits(int width, int cells) {
        return width % cells == 0 && Integer.bitCount(width / cells) == 1;
    }

    /** Returns the flipped image. */
    public static RgbImage of(RgbImage image) {
        int width = image.width();
        byte[] from = image.rgb();
        byte[] to = new byte[from.length];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < width; x++) {
                System.arraycopy(from, 3 * (y * width + x), to, 3 * (y * width + width - 1 - x), 3);
            }
        }
        return new RgbImage(width, image.height(), to);
    }

    /** Returns the flipped label. */
    public static LabelMap of(LabelMap label) {
        int width = label.width();
        byte[] to = new byte[label.ids().length];
        for (int i = 0; i < to.length; i++) {
            int x = i % width;
            to[i - x + width - 1 - x] = label.ids()[i];
        }
        return new LabelMap(width, label.height(), to);
    }

    /** Returns the flipped logits, [C,h,w]. */
    public static LogitMap of(LogitMap logits) {
        TensorShape shape = logits.shape();
        int width = shape.width();
        float[] to = new float[shape.size()];
        for (int i = 0; i < to.length; i++) {
            int x = i % width;
            to[i - x + width - 1 - x] = logits.values()[i];
        }
        return new LogitMap(shape, to);
    }
}
