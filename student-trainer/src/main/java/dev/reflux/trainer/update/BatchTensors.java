package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.model.ModelInput;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.Flip;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.trainer.ingest.TrainingSample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/**
 * A batch of samples as tensors, each sample augmented once: a mirrored image has a mirrored label and mirrored teacher
 * tensors. The training thread only.
 */
final class BatchTensors {

    private final TorchRuntime runtime;
    private final FrameTensors frames;
    private final List<TrainingSample> samples;
    private final List<Augmentation> augmentations;

    BatchTensors(
            TorchRuntime runtime, FrameTensors frames, List<TrainingSample> samples, List<Augmentation> augmentations) {
        this.runtime = runtime;
        this.frames = frames;
        this.samples = samples;
        this.augmentations = augmentations;
    }

    int size() {
        return samples.size();
    }

    TrainingSample sample(int place) {
        return samples.get(place);
    }

    /** Places in the batch as int64 [R], in the order given. */
    NDArray places(NDManager to, Collection<Integer> places) {
        NDArray tensor = to.create(places.stream().mapToLong(Integer::longValue).toArray());
        return tensor.getDevice().equals(runtime.device()) ? tensor : tensor.toDevice(runtime.device(), false);
    }

    /** Normalised float [N,3,H,W]. */
    NDArray images(NDManager to, ModelInput input) {
        List<RgbImage> images = samples.stream().map(TrainingSample::image).toList();
        NDArray batch = frames.batch(to, images, view(), input, augmentations);
        return batch.getDevice().equals(runtime.device()) ? batch : batch.toDevice(runtime.device(), false);
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

    /** Each sample's label on a grid. */
    List<LabelMap> labels(int height, int width) {
        List<LabelMap> maps = new ArrayList<>(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            LabelMap map = samples.get(i).label().nearest(width, height);
            maps.add(augmentations.get(i).flip() ? Flip.of(map) : map);
        }
        return maps;
    }

    /** Labels on a grid as uint8 [N,h,w]. */
    NDArray tensor(NDManager to, List<LabelMap> maps) {
        int height = maps.get(0).height();
        int width = maps.get(0).width();
        ByteBuffer bytes = ByteBuffer.allocateDirect(maps.size() * height * width);
        maps.forEach(map -> bytes.put(map.ids()));
        NDArray tensor = to.create(bytes.rewind(), new Shape(maps.size(), height, width), DataType.UINT8);
        return tensor.getDevice().equals(runtime.device()) ? tensor : tensor.toDevice(runtime.device(), false);
    }

    /** The teacher's final logits, resampled to a grid. */
    NDArray logits(NDManager to, int height, int width) {
        return resampled(to, samples.stream().map(TrainingSample::logits).toList(), height, width);
    }

    /** Z_t, resampled to a grid. */
    NDArray projected(NDManager to, int height, int width) {
        return resampled(to, samples.stream().map(TrainingSample::projected).toList(), height, width);
    }

    /** Maps of some of the samples, by their places in the batch, resampled to a grid. */
    NDArray some(NDManager to, SortedMap<Integer, LogitMap> byPlace, int height, int width) {
        List<LogitMap> flipped = new ArrayList<>(byPlace.size());
        byPlace.forEach((place, map) -> flipped.add(flipped(place, map)));
        return onOneGrid(to, flipped, height, width);
    }

    private NDArray resampled(NDManager to, List<LogitMap> maps, int height, int width) {
        List<LogitMap> flipped = new ArrayList<>(maps.size());
        for (int i = 0; i < maps.size(); i++) {
            flipped.add(flipped(i, maps.get(i)));
        }
        return onOneGrid(to, flipped, height, width);
    }

    private LogitMap flipped(int place, LogitMap map) {
        return augmentations.get(place).flip() ? Flip.of(map) : map;
    }

    private NDArray onOneGrid(NDManager to, List<LogitMap> flipped, int height, int width) {
        if (flipped.stream().map(LogitMap::shape).distinct().count() == 1) {
            return onGrid(to, flipped, height, width);
        }
        // A teacher whose grid was set anew: what is replayed still has the old one.
        NDList frames = new NDList(flipped.size());
        flipped.forEach(map -> frames.add(onGrid(to, List.of(map), height, width)));
        return NDArrays.concat(frames);
    }

    private NDArray onGrid(NDManager to, List<LogitMap> maps, int height, int width) {
        NDArray batch = LogitTensors.batch(to, maps);
        NDArray onDevice = batch.getDevice().equals(runtime.device()) ? batch : batch.toDevice(runtime.device(), false);
        Shape shape = onDevice.getShape();
        return shape.get(2) == height && shape.get(3) == width
                ? onDevice
                : runtime.helper().resize(to, onDevice, height, width);
    }
}
