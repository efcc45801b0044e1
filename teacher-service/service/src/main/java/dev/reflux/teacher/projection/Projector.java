package dev.reflux.teacher.projection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.teacher.inference.InferredBatch;
import dev.reflux.teacher.inference.NetworkOutput;
import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.pipeline.RejectedFrame;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.model.ProjectionHead;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.TorchScriptHelper;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes both tensors of a sample: the projected logits Z_t = head(features) on the feature grid (HeteroAKD, Huang et al.,
 * AAAI 2025), and the final logits on a grid of ⌈view/stride⌉, each cell the mean of the logits in its area. Logits are not
 * upsampled: the network's own grid is the finest. They are divided by the head's temperature, so that their softmax is the
 * teacher's calibrated confidence.
 *
 * <p>A frame with NaN or infinite outputs is refused. The results are in Java memory; the output of the network is closed.
 *
 * <p>Threading: the torch worker only.
 */
public final class Projector implements AutoCloseable {

    private static final String AREA =
            """
            def area(self: Self, x: Tensor, h: int, w: int) -> Tensor:
              return torch.adaptive_avg_pool2d(x, [h, w])
            """;

    private final ProjectionHead head;
    private final LoadedScript script;
    private final ImageSize view;
    private final int logitsStride;

    /**
     * @param head the frozen head; closed with this object
     * @param view the size at which the network sees frames, in pixels
     * @param logitsStride the number of pixels of the view for each cell of the final logits, on each axis
     */
    public Projector(TorchRuntime runtime, ProjectionHead head, ImageSize view, int logitsStride) {
        this.head = head;
        this.script = TorchScriptHelper.load(runtime.manager(), "LogitGrid", AREA);
        this.view = view;
        this.logitsStride = logitsStride;
    }

    /** Projects a batch and closes its outputs. */
    public ProjectedBatch project(InferredBatch batch) {
        List<ProjectedFrame> frames = new ArrayList<>();
        List<RejectedFrame> rejected = new ArrayList<>(batch.rejected());
        for (InferredBatch.Part part : batch.parts()) {
            try (NetworkOutput output = part.output()) {
                project(part.frames(), output, frames, rejected);
            }
        }
        return new ProjectedBatch(frames, rejected);
    }

    private void project(
            List<DecodedFrame> frames,
            NetworkOutput output,
            List<ProjectedFrame> projected,
            List<RejectedFrame> rejected) {
        NDManager scope = output.scope();
        List<LogitMap> z = LogitTensors.maps(head.apply(scope, output.features()));
        List<LogitMap> logits = LogitTensors.maps(calibrated(coarser(scope, output.logits())));
        for (int n = 0; n < frames.size(); n++) {
            DecodedFrame frame = frames.get(n);
            if (finite(z.get(n)) && finite(logits.get(n))) {
                projected.add(new ProjectedFrame(frame.ticket(), frame.message(), z.get(n), logits.get(n)));
            } else {
                rejected.add(new RejectedFrame(
                        frame.ticket(),
                        StageName.PROJECTION,
                        Rejection.INFERENCE_FAILED,
                        "The teacher's network returns values that are not finite for this frame."));
            }
        }
    }

    /** Returns whether all results of a network's output are finite. The caller closes the output. */
    public boolean finite(NetworkOutput output) {
        NDManager scope = output.scope();
        return LogitTensors.maps(head.apply(scope, output.features())).stream().allMatch(Projector::finite)
                && LogitTensors.maps(coarser(scope, output.logits())).stream().allMatch(Projector::finite);
    }

    private NDArray coarser(NDManager scope, NDArray logits) {
        long height = Math.min(logits.getShape().get(2), cells(view.height()));
        long width = Math.min(logits.getShape().get(3), cells(view.width()));
        return height == logits.getShape().get(2) && width == logits.getShape().get(3)
                ? logits
                : script.tensor(scope, "area", logits, height, width);
    }

    private NDArray calibrated(NDArray logits) {
        double temperature = head.file().temperature();
        return temperature == 1 ? logits : logits.div(temperature);
    }

    private int cells(int pixels) {
        return (pixels + logitsStride - 1) / logitsStride;
    }

    private static boolean finite(LogitMap map) {
        // A sum is not finite if one value is not. This needs no branch for each value.
        double sum = 0;
        for (float value : map.values()) {
            sum += value;
        }
        return Double.isFinite(sum);
    }

    @Override
    public void close() {
        script.close();
        head.close();
    }
}
