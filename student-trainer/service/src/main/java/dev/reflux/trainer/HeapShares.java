package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of the heap the remembered samples may take. The rest is for the samples between the threads, for decoding one,
 * and for the weights on their way into a checkpoint.
 *
 * @param heap the largest heap of the JVM in bytes
 */
record HeapShares(long heap) {

    private static final Logger LOG = LoggerFactory.getLogger(HeapShares.class);
    private static final double REPLAY = 0.4;
    private static final double HOLDOUT = 0.1;
    private static final long MIB = 1 << 20;
    /** Pixels and label of a frame, and about as much for the teacher's tensors. */
    private static final long BYTES_OF_A_PIXEL = 6;

    static HeapShares ofThisJvm() {
        return new HeapShares(Runtime.getRuntime().maxMemory());
    }

    /** Returns the bytes of the samples that are trained on again. */
    long replay() {
        return (long) (REPLAY * heap);
    }

    /** Returns the bytes of the held-out frames. */
    long holdout() {
        return (long) (HOLDOUT * heap);
    }

    /**
     * Says how much there is, before any sample tells its size.
     *
     * @param view the size of the student's card
     * @param samples the number of samples in flight at once, which must fit into the rest
     * @throws UsageException if samples of this size cannot be trained on with this heap
     */
    void requireRoom(ImageSize view, int samples) {
        long sample = BYTES_OF_A_PIXEL * view.pixels();
        long rest = heap - replay() - holdout();
        if (samples * sample > rest) {
            throw new UsageException(String.format(
                    Locale.ROOT,
                    "%d samples of %dx%d take about %d MiB and do not fit into a heap of %d MiB besides replay; raise the"
                            + " memory limit, or lower trainer.kafka.queue.",
                    samples,
                    view.width(),
                    view.height(),
                    samples * sample / MIB,
                    heap / MIB));
        }
        LOG.info(String.format(
                Locale.ROOT,
                "Of a heap of %d MiB, replay may take %d MiB and held-out frames %d MiB: about %d and %d samples of %dx%d.",
                heap / MIB,
                replay() / MIB,
                holdout() / MIB,
                replay() / sample,
                holdout() / sample,
                view.width(),
                view.height()));
    }
}
