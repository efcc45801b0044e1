package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.model.ModelInput;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.DirectMemory;
import dev.reflux.torch.image.Flip;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.trainer.distillation.PixelWeights;
import dev.reflux.trainer.ingest.TrainingSample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch of samples as tensors. Each sample is augmented once: a mirrored image has a mirrored label and mirrored teacher
 * tensors. An image whose teacher tensors cannot be mirrored is not mirrored. Benchmarks that examine a loss make their
 * tensors here too. The training thread only.
 */
public final class BatchTensors {

    private final TorchRuntime runtime;
    private final Memory memory;
    private final List<TrainingSample> samples;
    private final List<Augmentation> augmentations;
    /** The teacher's classes on its own grid, once they have been asked for: several grids are made of them. */
    private @Nullable List<LabelMap> teacherClasses;

    /** The memory of the tensors of consecutive batches: each call of a method overwrites the result of the call before. */
    public static final class Memory {
        private final FrameTensors frames = new FrameTensors();
        private final DirectMemory logits = new DirectMemory();
        private final DirectMemory projected = new DirectMemory();
        private final DirectMemory some = new DirectMemory();
        private final DirectMemory pixelLabels = new DirectMemory();
        private final DirectMemory cellLabels = new DirectMemory();
        private final DirectMemory pixelWeights = new DirectMemory();
        private final DirectMemory otherPixelWeights = new DirectMemory();
        private final DirectMemory cellWeights = new DirectMemory();
    }

    /**
     * Creates the tensors of a batch lazily: each method makes its own.
     *
     * @param runtime the runtime on whose device the tensors are
     * @param memory the memory of the tensors
     * @param samples at least one sample; {@link #images} needs samples of one view
     * @param augmentations one augmentation for each sample
     */
    public BatchTensors(
            TorchRuntime runtime, Memory memory, List<TrainingSample> samples, List<Augmentation> augmentations) {
        this.runtime = runtime;
        this.memory = memory;
        this.samples = samples;
        this.augmentations = IntStream.range(0, samples.size())
                .mapToObj(i -> possible(samples.get(i), augmentations.get(i)))
                .toList();
    }

    /** Tensors of the teacher can only be mirrored if their cells exchange places in pairs. */
    private static Augmentation possible(TrainingSample sample, Augmentation drawn) {
        int width = sample.teacherView().width();
        boolean mirrors = Flip.fits(width, sample.projected().shape().width())
                && Flip.fits(width, sample.logits().shape().width());
        return drawn.flip() && !mirrors ? drawn.withFlip(false) : drawn;
    }

    int size() {
        return samples.size();
    }

    TrainingSample sample(int place) {
        return samples.get(place);
    }

    /** Returns places in the batch as int64 [R], in the given order. */
    NDArray places(NDManager to, Collection<Integer> places) {
        return onDevice(to.create(places.stream().mapToLong(Integer::longValue).toArray()));
    }

    private NDArray onDevice(NDArray tensor) {
        return tensor.getDevice().equals(runtime.device()) ? tensor : tensor.toDevice(runtime.device(), false);
    }

    /** Returns the normalized images, float [N,3,H,W]. */
    public NDArray images(NDManager to, ModelInput input) {
        List<RgbImage> images = samples.stream().map(TrainingSample::image).toList();
        return onDevice(memory.frames.batch(to, images, view(), input, augmentations));
    }

    private ImageSize view() {
        ImageSize view = samples.get(0).view();
        for (TrainingSample sample : samples) {
            if (!sample.view().equals(view)) {
                throw new IllegalStateException("samples of views " + view + " and " + sample.view() + " in one batch");
            }
        }
        return view;
    }

    /** Returns each sample's label on a grid, by the pixel under each cell's center. */
    public List<LabelMap> labels(int height, int width) {
        return labels(height, width, LabelGrid.NEAREST, 0);
    }

    /**
     * Returns each sample's label on a grid.
     *
     * @param by the resampling
     * @param classes the number of classes
     */
    public List<LabelMap> labels(int height, int width, LabelGrid by, int classes) {
        return onGrid(samples.stream().map(TrainingSample::label).toList(), height, width, by, classes);
    }

    /**
     * Returns each teacher's most likely classes on a grid, resampled like labels.
     *
     * @param by the resampling
     * @param classes the number of classes
     */
    List<LabelMap> said(int height, int width, LabelGrid by, int classes) {
        if (teacherClasses == null) {
            teacherClasses =
                    samples.stream().map(sample -> sample.logits().classes()).toList();
        }
        return onGrid(teacherClasses, height, width, by, classes);
    }

    private List<LabelMap> onGrid(List<LabelMap> whole, int height, int width, LabelGrid by, int classes) {
        List<LabelMap> maps = new ArrayList<>(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            LabelMap grid = by.apply(whole.get(i), width, height, classes);
            maps.add(augmentations.get(i).flip() ? Flip.of(grid) : grid);
        }
        return maps;
    }

    /** Returns a map of a sample's augmented view as the sample itself shows it: a mirrored one is mirrored back. */
    LabelMap asShown(int place, LabelMap ofView) {
        return augmentations.get(place).flip() ? Flip.of(ofView) : ofView;
    }

    /** Returns labels on the logits' grid as uint8 [N,h,w]. */
    public NDArray ofPixels(NDManager to, List<LabelMap> maps) {
        return tensor(to, memory.pixelLabels, maps);
    }

    /**
     * Returns the weights of the logits' pixels.
     *
     * @param inCe each pixel's weight in CE
     * @param inKd each pixel's weight in L_kd; the same object if there is no difference
     */
    PixelWeights weights(NDManager to, GridWeights inCe, GridWeights inKd) {
        NDArray ce = weights(to, memory.pixelWeights, inCe);
        return inCe == inKd
                ? PixelWeights.shared(ce)
                : new PixelWeights(ce, weights(to, memory.otherPixelWeights, inKd));
    }

    /** Returns the weights of the projected logits' cells, float [N,h',w']. */
    NDArray weights(NDManager to, GridWeights ofCells) {
        return weights(to, memory.cellWeights, ofCells);
    }

    private NDArray weights(NDManager to, DirectMemory in, GridWeights weights) {
        Shape shape = weights.shape();
        ByteBuffer bytes = in.of(Math.toIntExact(Float.BYTES * shape.size()));
        weights.writeTo(bytes.asFloatBuffer());
        return onDevice(to.create(bytes, shape, DataType.FLOAT32));
    }

    /** Returns labels on the projected logits' grid as uint8 [N,h,w]. */
    public NDArray ofCells(NDManager to, List<LabelMap> maps) {
        return tensor(to, memory.cellLabels, maps);
    }

    private NDArray tensor(NDManager to, DirectMemory in, List<LabelMap> maps) {
        int height = maps.get(0).height();
        int width = maps.get(0).width();
        ByteBuffer bytes = in.of(maps.size() * height * width);
        maps.forEach(map -> bytes.put(map.ids()));
        return onDevice(to.create(bytes.rewind(), new Shape(maps.size(), height, width), DataType.UINT8));
    }

    /** Returns the teacher's final logits, resampled to a grid, float [N,C,h,w]. */
    public NDArray logits(NDManager to, int height, int width) {
        return resampled(
                to, memory.logits, samples.stream().map(TrainingSample::logits).toList(), height, width);
    }

    /** Returns Z_t, resampled to a grid, float [N,C,h,w]. */
    public NDArray projected(NDManager to, int height, int width) {
        return resampled(
                to,
                memory.projected,
                samples.stream().map(TrainingSample::projected).toList(),
                height,
                width);
    }

    /** Returns maps of some of the samples, by their places in the batch, resampled to a grid, float [R,C,h,w]. */
    NDArray some(NDManager to, SortedMap<Integer, LogitMap> byPlace, int height, int width) {
        List<LogitMap> flipped = new ArrayList<>(byPlace.size());
        byPlace.forEach((place, map) -> flipped.add(flipped(place, map)));
        return onOneGrid(to, memory.some, flipped, height, width);
    }

    private NDArray resampled(NDManager to, DirectMemory in, List<LogitMap> maps, int height, int width) {
        List<LogitMap> flipped = new ArrayList<>(maps.size());
        for (int i = 0; i < maps.size(); i++) {
            flipped.add(flipped(i, maps.get(i)));
        }
        return onOneGrid(to, in, flipped, height, width);
    }

    private LogitMap flipped(int place, LogitMap map) {
        return augmentations.get(place).flip() ? Flip.of(map) : map;
    }

    private NDArray onOneGrid(NDManager to, DirectMemory in, List<LogitMap> flipped, int height, int width) {
        if (flipped.stream().map(LogitMap::shape).distinct().count() == 1) {
            return onGrid(to, in, flipped, height, width);
        }
        // The teacher's grid was reconfigured: replayed samples still have the old one.
        NDList frames = new NDList(flipped.size());
        flipped.forEach(map -> frames.add(onGrid(to, new DirectMemory(), List.of(map), height, width)));
        return NDArrays.concat(frames);
    }

    private NDArray onGrid(NDManager to, DirectMemory in, List<LogitMap> maps, int height, int width) {
        NDArray batch = onDevice(LogitTensors.batch(to, in, maps));
        Shape shape = batch.getShape();
        return shape.get(2) == height && shape.get(3) == width
                ? batch
                : runtime.helper().resize(to, batch, height, width);
    }
}
