package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.Collections;
import java.util.List;

/** The student's outputs on samples without augmentation, in inference mode. It changes nothing. The training thread only. */
final class UnaugmentedForward {

    private final TorchRuntime runtime;
    private final SegmentationModel student;
    private final BatchTensors.Memory memory;

    UnaugmentedForward(TorchRuntime runtime, SegmentationModel student, BatchTensors.Memory memory) {
        this.runtime = runtime;
        this.student = student;
        this.memory = memory;
    }

    /** @param samples samples of one view */
    SegmentationModel.Output of(NDManager to, List<TrainingSample> samples) {
        List<Augmentation> none = Collections.nCopies(samples.size(), Augmentation.NONE);
        NDArray images = new BatchTensors(runtime, memory, samples, none)
                .images(to, student.card().input());
        return student.forward(to, images);
    }
}
