package dev.reflux.teacher.pretrain;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.Flip;
import dev.reflux.torch.image.GridCrop;
import java.util.random.RandomGenerator;

/**
 * One training example, drawn from a frame: a part of the image, its augmentation, and the label of the same part.
 *
 * @param image the part at the resolution of the frame; it is resized to the window later
 * @param augmentation the changes of its colors, and whether it is mirrored
 * @param label the label of the window on the grid of the loss, already mirrored
 */
record TrainingWindow(RgbImage image, Augmentation augmentation, LabelMap label) {

    /**
     * Draws an example.
     *
     * @param view the size to which whole frames are resized, in pixels
     * @param window the size of the window in pixels, at most the view
     * @param stride the number of pixels for each cell of the loss
     */
    static TrainingWindow draw(
            RandomGenerator random,
            RgbImage image,
            LabelMap label,
            ImageSize view,
            ImageSize window,
            int stride,
            PretrainSettings settings) {
        double zoom = Math.pow(settings.zoom(), 2 * random.nextDouble() - 1);
        GridCrop part = part(random, image.size(), view, window, zoom);
        Augmentation colors = settings.photometric() == 0
                ? Augmentation.NONE
                : Augmentation.photometric(random, settings.photometric());
        boolean mirrored = settings.flip() && random.nextBoolean();
        LabelMap onGrid = part.of(label).nearest(cells(window.width(), stride), cells(window.height(), stride));
        return new TrainingWindow(part.of(image), colors.withFlip(mirrored), mirrored ? Flip.of(onGrid) : onGrid);
    }

    /** Draws the part of the frame that fills the window at this magnification, limited to the frame. */
    private static GridCrop part(
            RandomGenerator random, ImageSize frame, ImageSize view, ImageSize window, double zoom) {
        double across = (double) frame.width() / view.width();
        double down = (double) frame.height() / view.height();
        double least = Math.max((double) window.width() / view.width(), (double) window.height() / view.height());
        double factor = Math.max(zoom, least);
        int width = clamp(window.width() / factor * across, frame.width());
        int height = clamp(window.height() / factor * down, frame.height());
        return GridCrop.draw(random, frame, new ImageSize(width, height), 1);
    }

    private static int clamp(double pixels, int most) {
        return (int) Math.max(1, Math.min(most, Math.round(pixels)));
    }

    private static int cells(int pixels, int stride) {
        return (pixels + stride - 1) / stride;
    }
}
