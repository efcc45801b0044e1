package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Decodes and augments the batches of the next steps while the present step trains. The batch of a step depends on the seed and
 * the number of the step only, not on the thread that loads it.
 *
 * <p>Threading: {@link #next} belongs to one thread.
 */
final class WindowLoader implements AutoCloseable {

    /** The number of batches that are loaded in advance. */
    private static final int AHEAD = 3;

    private final FrameStore frames;
    private final LabelSchema schema;
    private final ImageSize view;
    private final ImageSize window;
    private final int stride;
    private final PretrainSettings settings;
    private final int stepsPerEpoch;
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec(images);
    private final ExecutorService threads;
    private final Queue<Future<List<TrainingWindow>>> coming = new ArrayDeque<>();
    private long nextToLoad;

    WindowLoader(
            FrameStore frames,
            LabelSchema schema,
            ImageSize view,
            ImageSize window,
            int stride,
            PretrainSettings settings,
            long firstStep) {
        this.frames = frames;
        this.schema = schema;
        this.view = view;
        this.window = window;
        this.stride = stride;
        this.settings = settings;
        this.stepsPerEpoch = stepsPerEpoch(frames.count(), settings.batchSize());
        this.nextToLoad = firstStep;
        this.threads = Executors.newFixedThreadPool(settings.loaders(), task -> {
            Thread thread = new Thread(task, "pretrain-loader");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns the number of whole batches in an epoch, at least 1: a set smaller than a batch is repeated within it. */
    static int stepsPerEpoch(int frames, int batchSize) {
        return Math.max(1, frames / batchSize);
    }

    /** Returns the batch of the next step, and waits for it if necessary. */
    List<TrainingWindow> next() throws InterruptedException {
        while (coming.size() < AHEAD) {
            long step = nextToLoad++;
            coming.add(threads.submit(() -> load(step)));
        }
        try {
            return coming.remove().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private List<TrainingWindow> load(long step) {
        int[] order = order(frames.count(), settings.seed(), step / stepsPerEpoch);
        int first = (int) (step % stepsPerEpoch) * settings.batchSize();
        SplittableRandom random = new SplittableRandom(mix(settings.seed(), step));
        List<TrainingWindow> windows = new ArrayList<>(settings.batchSize());
        for (int i = 0; i < settings.batchSize(); i++) {
            FrameStore.Stored frame = frames.get(order[(first + i) % order.length]);
            try {
                RgbImage image = images.decode(frame.image());
                LabelMap label = labels.decode(frame.label(), schema, image.width(), image.height());
                windows.add(TrainingWindow.draw(random, image, label, view, window, stride, settings));
            } catch (RejectedFrameException e) {
                throw UnusableFrame.forTraining(frame.frameId(), e);
            }
        }
        return windows;
    }

    /** Returns the order of the frames in an epoch: a Fisher-Yates shuffle by the seed and the number of the epoch. */
    static int[] order(int count, long seed, long epoch) {
        int[] order = new int[count];
        SplittableRandom random = new SplittableRandom(mix(seed ^ 0x5DEECE66DL, epoch));
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long seed, long number) {
        return (seed * 0x9E3779B97F4A7C15L) ^ Long.rotateLeft((number + 1) * 0xBF58476D1CE4E5B9L, 31);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
