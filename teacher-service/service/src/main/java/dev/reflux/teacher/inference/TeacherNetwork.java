package dev.reflux.teacher.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.model.ModelCard;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;
import java.util.List;

/** The teacher's TorchScript model. It sees every frame at one size. One owner thread. */
public final class TeacherNetwork implements Network, AutoCloseable {

    private final TorchRuntime runtime;
    private final SegmentationModel model;
    private final FrameTensors tensors = new FrameTensors();
    private final ImageSize view;

    private TeacherNetwork(TorchRuntime runtime, SegmentationModel model, ImageSize view) {
        this.runtime = runtime;
        this.model = model;
        this.view = view;
    }

    /**
     * Loads the model.
     *
     * @param view the size at which the model sees frames, in pixels
     * @throws UsageException if the file does not match its card
     */
    public static TeacherNetwork load(TorchRuntime runtime, Path modelFile, ModelCard card, ImageSize view) {
        SegmentationModel model = SegmentationModel.load(runtime, modelFile, card, SegmentationModel.Mode.INFERENCE);
        return new TeacherNetwork(runtime, model, view);
    }

    @Override
    public NetworkOutput forward(List<RgbImage> images) {
        NDManager scope = runtime.manager().newSubManager();
        try (NDArray x = tensors.batch(scope, images, view, model.card().input())) {
            SegmentationModel.Output output = model.forward(scope, x);
            return new NetworkOutput(scope, output.logits(), output.features());
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
