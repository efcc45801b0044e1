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

/**
 * What a vehicle does with a model: images in, class maps of the images' own sizes out. Resizes to the view, infers in
 * batches, upsamples logits to each image's size and takes the most likely class. One owner thread, the model's.
 */
public final class Segmenter {

    private final TorchRuntime runtime;
    private final SegmentationModel model;
    private final ImageSize view;
    private final int batchSize;
    private final FrameTensors frames = new FrameTensors();
    private final Predictions predictions = new Predictions();

    /**
     * @param view the size at which the model looks
     * @param batchSize images a forward, at least 1
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

    /** At the size that the model's card names. */
    public Segmenter(TorchRuntime runtime, SegmentationModel model) {
        this(runtime, model, model.card().input().size(), 4);
    }

    public LabelMap predict(RgbImage image) {
        return predict(List.of(image)).get(0);
    }

    /** One map an image, in order. */
    public List<LabelMap> predict(List<RgbImage> images) {
        List<LabelMap> maps = new ArrayList<>(images.size());
        predict(images.iterator(), image -> image, (image, map) -> maps.add(map));
        return maps;
    }

    /**
     * A stream of any length, in constant memory.
     *
     * @param items whatever images are found in
     * @param imageOf finds an item's image
     * @param taker receives each item with its map, in order
     */
    public <T> void predict(
            Iterator<T> items, java.util.function.Function<T, RgbImage> imageOf, BiConsumer<T, LabelMap> taker) {
        List<T> batch = new ArrayList<>();
        while (items.hasNext()) {
            batch.add(items.next());
            if (batch.size() == batchSize || !items.hasNext()) {
                predictBatch(batch, batch.stream().map(imageOf).toList(), taker);
                batch.clear();
            }
        }
    }

    private <T> void predictBatch(List<T> items, List<RgbImage> images, BiConsumer<T, LabelMap> taker) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray x = frames.batch(scratch, images, view, model.card().input());
            NDArray logits = model.forward(scratch, x).logits();
            TensorShape grid = LogitTensors.shape(logits);
            List<FloatBuffer> each = LogitTensors.frames(logits);
            for (int i = 0; i < items.size(); i++) {
                RgbImage image = images.get(i);
                taker.accept(
                        items.get(i),
                        predictions.argmax(
                                each.get(i),
                                grid.classes(),
                                grid.height(),
                                grid.width(),
                                image.width(),
                                image.height()));
            }
        }
    }
}
