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
import dev.reflux.trainer.ingest.TrainingSample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * A batch of samples as tensors, each sample augmented once: a mirrored image has a mirrored label and mirrored teacher
 * tensors, and is not mirrored where these cannot be. Whoever looks at what a loss sees, makes its tensors here too. The training thread only.
 */
public final class BatchTensors {

    private final TorchRuntime runtime;
    private final Memory memory;
    private final List<TrainingSample> samples;
    private final List<Augmentation> augmentations;

    /** What the tensors of one batch after the other lie in: each call of a method overwrites what the last one gave. */
    public static final class Memory {
        private final FrameTensors frames = new FrameTensors();
        private final DirectMemory logits = new DirectMemory();
        private final DirectMemory projected = new DirectMemory();
        private final DirectMemory some = new DirectMemory();
        private final DirectMemory pixelLabels = new DirectMemory();
        private final DirectMemory cellLabels = new DirectMemory();
        private final DirectMemory pixelWeights = new DirectMemory();
    }

    /**
     * @param memory of the tensors
     * @param samples at least one; those that {@link #images} is asked for are of one view
     * @param augmentations one a sample
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

    /** Where the teacher's cells do not exchange places, its tensors cannot be mirrored, and so the frame is not. */
    private static Augmentation possible(TrainingSample sample, Augmentation drawn) {
        int width = sample.view().width();
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

    /** Places in the batch as int64 [R], in the order given. */
    NDArray places(NDManager to, Collection<Integer> places) {
        return onDevice(to.create(places.stream().mapToLong(Integer::longValue).toArray()));
    }

    private NDArray onDevice(NDArray tensor) {
        return tensor.getDevice().equals(runtime.device()) ? tensor : tensor.toDevice(runtime.device(), false);
    }

    /** Normalised float [N,3,H,W]. */
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

    /** Each sample's label on a grid, by the pixel under each cell's centre. */
    public List<LabelMap> labels(int height, int width) {
        return labels(height, width, LabelGrid.NEAREST, 0);
    }

    /**
     * Each sample's label on a grid.
     *
     * @param classes of the samples' schema
     */
    public List<LabelMap> labels(int height, int width, LabelGrid by, int classes) {
        List<LabelMap> maps = new ArrayList<>(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            LabelMap map = by.apply(samples.get(i).label(), width, height, classes);
            maps.add(augmentations.get(i).flip() ? Flip.of(map) : map);
        }
        return maps;
    }

    /** Labels on the logits' grid as uint8 [N,h,w]. */
    public NDArray ofPixels(NDManager to, List<LabelMap> maps) {
        return tensor(to, memory.pixelLabels, maps);
    }

    /** What pixels weigh by their class, float [N,h,w]. */
    NDArray weights(NDManager to, List<LabelMap> maps, ClassBalance balance) {
        int height = maps.get(0).height();
        int width = maps.get(0).width();
        ByteBuffer bytes = memory.pixelWeights.of(Float.BYTES * maps.size() * height * width);
        balance.weigh(maps, bytes.asFloatBuffer());
        return onDevice(to.create(bytes, new Shape(maps.size(), height, width), DataType.FLOAT32));
    }

    /** Labels on the projected logits' grid as uint8 [N,h,w]. */
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

    /** The teacher's final logits, resampled to a grid. */
    public NDArray logits(NDManager to, int height, int width) {
        return resampled(
                to, memory.logits, samples.stream().map(TrainingSample::logits).toList(), height, width);
    }

    /** Z_t, resampled to a grid. */
    public NDArray projected(NDManager to, int height, int width) {
        return resampled(
                to,
                memory.projected,
                samples.stream().map(TrainingSample::projected).toList(),
                height,
                width);
    }

    /** Maps of some of the samples, by their places in the batch, resampled to a grid. */
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
        // A teacher whose grid was set anew: what is replayed still has the old one.
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
