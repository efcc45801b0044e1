package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Frame;

/** Counts the labeled pixels of each class, for the weights of the loss. Not thread-safe. */
final class LabelCounts {

    private final LabelMapCodec labels = new LabelMapCodec();
    private final LabelSchema schema;
    private final long[] pixels;
    private final long[] framePixels;

    LabelCounts(LabelSchema schema) {
        this.schema = schema;
        this.pixels = new long[schema.classCount()];
        this.framePixels = new long[schema.classCount()];
    }

    /**
     * Counts one label.
     *
     * @throws dev.reflux.common.failure.UsageException if the label is unreadable or not of the schema
     */
    void add(Frame frame) {
        long labeled = 0;
        long[] ofClass = new long[pixels.length];
        for (byte id : decode(frame).ids()) {
            if (id != (byte) LabelSchema.IGNORE) {
                ofClass[id & 0xFF]++;
                labeled++;
            }
        }
        for (int c = 0; c < ofClass.length; c++) {
            pixels[c] += ofClass[c];
            framePixels[c] += ofClass[c] > 0 ? labeled : 0;
        }
    }

    private LabelMap decode(Frame frame) {
        try {
            return labels.decode(frame.label(), schema);
        } catch (RejectedFrameException e) {
            throw UnusableFrame.forTraining(frame.frameId(), e);
        }
    }

    /** Returns the weight of each class in the loss. */
    float[] weights(ClassWeights kind) {
        return kind.of(pixels, framePixels);
    }
}
