package dev.reflux.benchmarks.micro;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Predictions;
import dev.reflux.trainer.distillation.HeteroAkdLoss;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.LossTerms;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a batch of 8 frames, 11 classes at 45x60, goes through behind the student: the loss and the predicted classes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TensorOperationsBenchmark {

    private static final int FRAMES = 8;
    private static final int CLASSES = 11;
    private static final int HEIGHT = 45;
    private static final int WIDTH = 60;

    private final TorchRuntime runtime = TorchRuntime.start(new TorchOptions(2, "cpu"));
    private final HeteroAkdLoss loss = new HeteroAkdLoss(runtime);
    private final Predictions predictions = new Predictions();
    private final NDArray logits = random(1);
    private final LossInputs inputs = new LossInputs(logits, random(2), labels(), random(3), random(4), labels());

    /** On the thread that measures. */
    @Setup
    public void prepare() {
        runtime.useThisThread();
    }

    private NDArray random(long seed) {
        Random random = new Random(seed);
        float[] values = new float[FRAMES * CLASSES * HEIGHT * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * (float) random.nextGaussian();
        }
        return runtime.manager().create(values, new Shape(FRAMES, CLASSES, HEIGHT, WIDTH));
    }

    private NDArray labels() {
        Random random = new Random(5);
        ByteBuffer ids = ByteBuffer.allocateDirect(FRAMES * HEIGHT * WIDTH);
        while (ids.hasRemaining()) {
            ids.put((byte) random.nextInt(CLASSES));
        }
        return runtime.manager().create(ids.rewind(), new Shape(FRAMES, HEIGHT, WIDTH), DataType.UINT8);
    }

    @Benchmark
    public LossTerms loss() {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            return loss.of(scratch, LossSettings.standard(), inputs);
        }
    }

    @Benchmark
    public List<LabelMap> argmax() {
        return predictions.argmax(logits);
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        loss.close();
        runtime.close();
    }
}
