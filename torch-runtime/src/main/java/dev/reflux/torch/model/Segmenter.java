package dev.reflux.torch.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.image.Predictions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Segments images as a vehicle does: resizes them to the view, runs the model in batches, upsamples the logits to the size of
 * each image and takes the most likely class.
 *
 * <p>Threading: one owner thread, the model's.
 */
public final class Segmenter {

    private final TorchRuntime runtime;
    private final SegmentationModel model;
    private final ImageSize view;
    private final int batchSize;
    private final FrameTensors frames = new FrameTensors();
    private final Predictions predictions = new Predictions();

    /**
     * @param view the size at which the model sees images, in pixels
     * @param batchSize the number of images in a forward, at least 1
     */
    public Segmenter(TorchRuntime runtime, SegmentationModel model, ImageSize view, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch cannot have " + batchSize + " images");
        }
        this.runtime = runtime;
        this.model = model;
        this.view = view;
        this.batchSize = batchSize;
    }

    /** Creates a segmenter with the view of the model's card and batches of four. */
    public Segmenter(TorchRuntime runtime, SegmentationModel model) {
        this(runtime, model, model.card().input().size(), 4);
    }

    /** Returns the class map of an image, at the size of the image. */
    public LabelMap predict(RgbImage image) {
        return predict(List.of(image)).get(0);
    }

    /** Returns one class map for each image, in order. */
    public List<LabelMap> predict(List<RgbImage> images) {
        List<LabelMap> maps = new ArrayList<>(images.size());
        predict(images.iterator(), image -> image, (image, map) -> maps.add(map));
        return maps;
    }

    /**
     * Segments a stream of any length in constant memory.
     *
     * @param items the items that have images
     * @param imageOf the image of an item
     * @param taker the receiver of each item and its class map, in order
     */
    public <T> void predict(Iterator<T> items, Function<T, RgbImage> imageOf, BiConsumer<T, LabelMap> taker) {
        predict(items, imageOf, item -> imageOf.apply(item).size(), taker);
    }

    /**
     * Segments a stream of any length in constant memory.
     *
     * @param items the items that have images
     * @param imageOf the image of an item
     * @param sizeOf the size of an item's class map
     * @param taker the receiver of each item and its class map, in order
     */
    public <T> void predict(
            Iterator<T> items,
            Function<T, RgbImage> imageOf,
            Function<T, ImageSize> sizeOf,
            BiConsumer<T, LabelMap> taker) {
        List<T> batch = new ArrayList<>();
        while (items.hasNext()) {
            batch.add(items.next());
            if (batch.size() == batchSize || !items.hasNext()) {
                predictBatch(batch, batch.stream().map(imageOf).toList(), sizeOf, taker);
                batch.clear();
            }
        }
    }

    private <T> void predictBatch(
            List<T> items, List<RgbImage> images, Function<T, ImageSize> sizeOf, BiConsumer<T, LabelMap> taker) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray x = frames.batch(scratch, images, view, model.card().input());
            NDArray logits = model.forward(scratch, x).logits();
            TensorShape grid = LogitTensors.shape(logits);
            List<FloatBuffer> each = LogitTensors.frames(logits);
            for (int i = 0; i < items.size(); i++) {
                ImageSize size = sizeOf.apply(items.get(i));
                taker.accept(
                        items.get(i),
                        predictions.argmax(
                                each.get(i), grid.classes(), grid.height(), grid.width(), size.width(), size.height()));
            }
        }
    }
}
