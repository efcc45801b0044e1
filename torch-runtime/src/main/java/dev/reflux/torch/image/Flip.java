package dev.reflux.torch.image;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;

/**
 * Left and right exchanged, of everything that belongs to a frame. A tensor on a grid may be flipped instead of computing
 * it from the flipped frame only where grid cells map onto grid cells: see {@link #fits}. Any thread.
 */
public final class Flip {

    private Flip() {}

    /**
     * Whether cells exchange places: whether so many cells lie evenly over a width, at a stride that is a power of two. A
     * grid whose last cell reaches beyond the frame has a number of cells that another stride would explain, and that is
     * none.
     */
    public static boolean fits(int width, int cells) {
        return width % cells == 0 && Integer.bitCount(width / cells) == 1;
    }

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

    public static LabelMap of(LabelMap label) {
        int width = label.width();
        byte[] to = new byte[label.ids().length];
        for (int i = 0; i < to.length; i++) {
            int x = i % width;
            to[i - x + width - 1 - x] = label.ids()[i];
        }
        return new LabelMap(width, label.height(), to);
    }

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
