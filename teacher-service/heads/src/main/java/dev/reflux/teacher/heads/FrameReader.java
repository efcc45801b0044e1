package dev.reflux.teacher.heads;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Frame;

/** Decodes the image of a frame, and its label on the feature grid. May be called from any thread. */
final class FrameReader {

    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec(images);
    private final LabelSchema schema;
    private final LabelGrid method;
    private final ImageSize grid;

    /**
     * @param schema the schema of the labels
     * @param method the way in which a label is brought onto the grid
     * @param view the size at which the network sees frames, in pixels
     * @param stride the number of pixels for each feature cell, on each axis
     */
    FrameReader(LabelSchema schema, LabelGrid method, ImageSize view, int stride) {
        this.schema = schema;
        this.method = method;
        this.grid = new ImageSize(cells(view.width(), stride), cells(view.height(), stride));
    }

    private static int cells(int pixels, int stride) {
        return (pixels + stride - 1) / stride;
    }

    /** Returns the image at its own size. */
    RgbImage image(Frame frame) {
        try {
            return images.decode(frame.image());
        } catch (RejectedFrameException e) {
            throw unusable(frame, e);
        }
    }

    /** Returns the label on the feature grid: one class id for each cell. */
    LabelMap label(Frame frame) {
        try {
            ImageSize image = images.probe(frame.image());
            LabelMap label = labels.decode(frame.label(), schema, image.width(), image.height());
            return method.apply(label, grid.width(), grid.height(), schema.classCount());
        } catch (RejectedFrameException e) {
            throw unusable(frame, e);
        }
    }

    private static UsageException unusable(Frame frame, RejectedFrameException e) {
        return new UsageException(
                "Frame " + frame.frameId() + " cannot be used: " + e.getMessage() + " Repair or remove it.", e);
    }
}
