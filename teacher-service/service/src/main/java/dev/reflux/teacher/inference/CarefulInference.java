package dev.reflux.teacher.inference;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.teacher.ingest.DecodedBatch;
import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.pipeline.RejectedFrame;
import dev.reflux.teacher.pipeline.StageName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches through the network so that a frame on which it fails does not affect others: a batch that fails is repeated
 * frame by frame. A frame that fails alone is refused only if the network works on a gray image. If that fails too, the network
 * or its device is broken, and no frame is refused for it.
 *
 * <p>Threading: the torch worker only.
 */
public final class CarefulInference {

    private static final Logger LOG = LoggerFactory.getLogger(CarefulInference.class);
    private static final byte GRAY = (byte) 128;

    private final Network network;
    private final ImageSize view;

    /** @param view the size at which the network sees frames, in pixels */
    public CarefulInference(Network network, ImageSize view) {
        this.network = network;
        this.view = view;
    }

    /**
     * Infers a batch.
     *
     * @throws IllegalStateException if the network fails on any image
     */
    public InferredBatch infer(DecodedBatch batch) {
        if (batch.frames().isEmpty()) {
            return new InferredBatch(List.of(), batch.rejected());
        }
        try {
            return new InferredBatch(List.of(together(batch.frames())), batch.rejected());
        } catch (RuntimeException e) {
            LOG.warn(
                    "The network failed on a batch of {} frames; it is repeated frame by frame",
                    batch.frames().size(),
                    e);
            return oneByOne(batch);
        }
    }

    private InferredBatch.Part together(List<DecodedFrame> frames) {
        List<RgbImage> images = frames.stream().map(DecodedFrame::image).toList();
        return new InferredBatch.Part(frames, network.forward(images));
    }

    private InferredBatch oneByOne(DecodedBatch batch) {
        List<InferredBatch.Part> parts = new ArrayList<>();
        List<RejectedFrame> rejected = new ArrayList<>(batch.rejected());
        try {
            for (DecodedFrame frame : batch.frames()) {
                try {
                    parts.add(together(List.of(frame)));
                } catch (RuntimeException e) {
                    requireSoundNetwork(e);
                    rejected.add(new RejectedFrame(
                            frame.ticket(),
                            StageName.INFERENCE,
                            Rejection.INFERENCE_FAILED,
                            "The teacher's network failed on this frame: " + firstLine(e) + "."));
                }
            }
        } catch (RuntimeException e) {
            parts.forEach(part -> part.output().close());
            throw e;
        }
        return new InferredBatch(parts, rejected);
    }

    private void requireSoundNetwork(RuntimeException onFrame) {
        try {
            network.forward(List.of(gray(view))).close();
        } catch (RuntimeException e) {
            e.addSuppressed(onFrame);
            throw new IllegalStateException("the teacher's network fails on any image: " + firstLine(e), e);
        }
    }

    /** Returns an image on which any sound network works. */
    public static RgbImage gray(ImageSize size) {
        byte[] pixels = new byte[3 * size.width() * size.height()];
        Arrays.fill(pixels, GRAY);
        return new RgbImage(size.width(), size.height(), pixels);
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse(e.toString());
    }
}
