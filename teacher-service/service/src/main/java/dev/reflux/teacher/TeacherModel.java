package dev.reflux.teacher;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.teacher.inference.CarefulInference;
import dev.reflux.teacher.inference.NetworkOutput;
import dev.reflux.teacher.inference.TeacherNetwork;
import dev.reflux.teacher.projection.Projector;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHead;
import java.util.List;

/**
 * The network and the projection head in memory. Loaded, used and closed on the torch thread; {@link #close} may be called
 * from any thread except an event loop.
 */
final class TeacherModel implements AutoCloseable {

    private final Workers workers;
    private final TorchRuntime runtime;
    private final TeacherNetwork network;
    private final Projector projector;

    private TeacherModel(Workers workers, TorchRuntime runtime, TeacherNetwork network, Projector projector) {
        this.workers = workers;
        this.runtime = runtime;
        this.network = network;
        this.projector = projector;
    }

    /**
     * Loads both on the torch thread.
     *
     * @throws UsageException if a file does not match its card, or the device is not there
     */
    static TeacherModel load(TeacherSettings settings, Workers workers) {
        return workers.onTorch(() -> {
            TorchRuntime runtime = TorchRuntime.start(settings.torch());
            try {
                TeacherNetwork network =
                        TeacherNetwork.load(runtime, settings.modelFile(), settings.card(), settings.view());
                ProjectionHead head = ProjectionHead.load(runtime, settings.head());
                Projector projector = new Projector(runtime, head, settings.view(), settings.logitsStride());
                return new TeacherModel(workers, runtime, network, projector);
            } catch (RuntimeException e) {
                runtime.close();
                throw e;
            }
        });
    }

    TeacherNetwork network() {
        return network;
    }

    Projector projector() {
        return projector;
    }

    /** Returns whether the results for a plain gray image are finite. Torch thread. */
    boolean passesGray(ImageSize view) {
        try (NetworkOutput output = network.forward(List.of(CarefulInference.gray(view)))) {
            return projector.finite(output);
        }
    }

    @Override
    public void close() {
        workers.onTorch(() -> {
            projector.close();
            network.close();
            runtime.close();
            return true;
        });
    }
}
