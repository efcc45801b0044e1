package dev.reflux.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.model.ModelCard;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.SegmentationModel.Mode;
import dev.reflux.torch.model.SegmentationModel.Output;
import dev.reflux.torch.model.TinyModel;
import dev.reflux.torch.model.TrainableProjectionHead;
import dev.reflux.torch.optim.AdamW;
import dev.reflux.torch.optim.Ema;
import dev.reflux.torch.optim.GradientClipping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loops of whole steps: interrupted, and side by side. */
class TrainingStepTest {

    private static TorchRuntime runtime;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        runtime = Torch.cpu();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    /** Everything that a trainer's checkpoint holds of the tensors. */
    private record State(byte[] model, byte[] head, byte[] optimizer, byte[] average) {}

    /** A student in training. */
    private final class Loop implements AutoCloseable {

        private final SegmentationModel model;
        private final TrainableProjectionHead head =
                TrainableProjectionHead.create(runtime, TinyModel.FEATURES, TinyModel.CLASSES, false, 1);
        private final AdamW optimizer = new AdamW(runtime, AdamW.Settings.DEFAULT);
        private final Ema average;
        private final List<PtNDArray> parameters;

        Loop(String name) {
            Path file = dir.resolve(name + ".pt");
            ModelCard card = TinyModel.write(file, TinyModel.archive());
            model = SegmentationModel.load(runtime, file, card, Mode.TRAINING);
            average = new Ema(runtime, 0.9, model.parametersAndBuffers());
            parameters = new ArrayList<>(model.parameters());
            parameters.addAll(head.parameters());
        }

        void steps(int from, int to) {
            for (int i = from; i < to; i++) {
                try (TrainingStep step = TrainingStep.begin(runtime)) {
                    NDArray x = Torch.random(step.manager(), i, 2, 3, 32, 48);
                    Output out = model.forwardTraining(step.manager(), x);
                    NDArray z = head.forwardTraining(step.manager(), out.features());
                    step.backward(
                            List.of(out.logits(), z),
                            List.of(
                                    Torch.random(step.manager(), -i, 2, 4, 8, 12),
                                    Torch.random(step.manager(), 7 * i, 2, 4, 4, 6)));
                    List<PtNDArray> gradients = step.gradients(parameters);
                    GradientClipping.clipGlobalNorm(runtime, gradients, 1);
                    optimizer.step(parameters, gradients, 0.01);
                    average.update();
                }
            }
        }

        State state() {
            return new State(model.safetensors(), head.safetensors(), optimizer.exportState(), average.exportState());
        }

        void restore(State state) {
            model.restore(state.model());
            head.restore(state.head());
            optimizer.importState(state.optimizer());
            average.importState(state.average());
        }

        @Override
        public void close() {
            average.close();
            optimizer.close();
            head.close();
            model.close();
        }
    }

    private static void assertSame(State actual, State expected) {
        assertThat(actual.model()).isEqualTo(expected.model());
        assertThat(actual.head()).isEqualTo(expected.head());
        assertThat(actual.optimizer()).isEqualTo(expected.optimizer());
        assertThat(actual.average()).isEqualTo(expected.average());
    }

    @Test
    void givenALoopThatIsInterrupted_whenResumedFromItsState_thenItGoesOnBitByBit() {
        try (Loop straight = new Loop("straight");
                Loop before = new Loop("before");
                Loop after = new Loop("after")) {
            straight.steps(0, 8);
            before.steps(0, 3);

            after.restore(before.state());
            after.steps(3, 8);

            assertSame(after.state(), straight.state());
        }
    }

    @Test
    void givenTwoLoopsOnTwoThreads_whenTheyShareARuntime_thenEachIsAsIfItWereAlone() throws Exception {
        State alone;
        try (Loop loop = new Loop("alone")) {
            loop.steps(0, 20);
            alone = loop.state();
        }
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Callable<State>> tasks = List.of(() -> run("left"), () -> run("right"));

            List<Future<State>> states = pool.invokeAll(tasks);

            assertSame(states.get(0).get(), alone);
            assertSame(states.get(1).get(), alone);
        } finally {
            pool.shutdownNow();
        }
    }

    private State run(String name) {
        runtime.useThisThread();
        try (Loop loop = new Loop(name)) {
            loop.steps(0, 20);
            return loop.state();
        }
    }
}
