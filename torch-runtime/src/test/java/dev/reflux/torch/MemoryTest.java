package dev.reflux.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.Predictions;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.SegmentationModel.Mode;
import dev.reflux.torch.model.SegmentationModel.Output;
import dev.reflux.torch.model.TrainableProjectionHead;
import dev.reflux.torch.optim.AdamW;
import dev.reflux.torch.optim.Ema;
import dev.reflux.torch.optim.GradientClipping;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Everything that a training step uses, over and over. */
@EnabledOnOs(OS.LINUX)
class MemoryTest {

    private static final int WARM = 60;
    private static final int STEPS = 300;

    private static double residentMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS")) {
                return Long.parseLong(line.replaceAll("\\D+", "")) / 1024.0;
            }
        }
        throw new IOException("/proc/self/status has no VmRSS");
    }

    @Test
    void givenThreeHundredSteps_whenAllIsDone_thenMemoryIsFlatAndNoTensorIsLeft() throws IOException {
        try (TorchRuntime runtime = Torch.cpu();
                SegmentationModel model = SegmentationModel.load(
                        runtime, Path.of("..", "models", "fixtures", "tiny-student.json"), Mode.TRAINING);
                TrainableProjectionHead head =
                        TrainableProjectionHead.create(runtime, model.card().featuresChannels(), 5, false, 1);
                AdamW optimizer = new AdamW(runtime, AdamW.Settings.DEFAULT)) {
            List<PtNDArray> parameters = new ArrayList<>(model.parameters());
            parameters.addAll(head.parameters());
            FrameTensors frames = new FrameTensors();
            Predictions predictions = new Predictions();
            RgbImage image = new RgbImage(192, 128, new byte[192 * 128 * 3]);
            int tensors = 0;
            double before = 0;
            try (Ema ema = new Ema(runtime, 0.98, model.parametersAndBuffers())) {
                for (int i = 0; i < STEPS; i++) {
                    if (i == WARM) {
                        touchTheHeap();
                        before = residentMegabytes();
                        tensors = live(runtime);
                    }
                    try (TrainingStep step = TrainingStep.begin(runtime)) {
                        NDArray x = frames.batch(
                                step.manager(),
                                List.of(image, image),
                                new ImageSize(96, 64),
                                model.card().input());
                        Output out = model.forwardTraining(step.manager(), x);
                        NDArray z = head.forwardTraining(step.manager(), out.features());
                        predictions.argmax(out.logits(), 96, 64);
                        step.backward(
                                List.of(out.logits(), z), List.of(out.logits().onesLike(), z.onesLike()));
                        List<PtNDArray> gradients = step.gradients(parameters);
                        GradientClipping.clipGlobalNorm(runtime, gradients, 1);
                        optimizer.step(parameters, gradients, 1e-4);
                        ema.update();
                    }
                }
                touchTheHeap();

                double after = residentMegabytes();

                assertThat(live(runtime)).isEqualTo(tensors);
                assertThat(after).isLessThan(before * 1.05 + 10);
            }
        }
    }

    /** So that resident memory grows by native memory only, not by a part of the heap that is used for the first time. */
    private static void touchTheHeap() {
        for (int i = 0; i < 512; i++) {
            Reference.reachabilityFence(new byte[1 << 20]);
        }
        System.gc();
    }

    private static int live(TorchRuntime runtime) {
        return runtime.manager().getManagedArrays().size();
    }
}
