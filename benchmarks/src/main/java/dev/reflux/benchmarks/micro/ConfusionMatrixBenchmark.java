package dev.reflux.benchmarks.micro;

import dev.reflux.evaluation.ConfusionMatrix;
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
import org.openjdk.jmh.annotations.Warmup;

/** A frame of 480x360, its prediction counted against its label. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ConfusionMatrixBenchmark {

    private static final int CLASSES = 19;
    private static final int PIXELS = 480 * 360;

    private final ConfusionMatrix matrix = new ConfusionMatrix(CLASSES);
    private final byte[] predicted = new byte[PIXELS];
    private final byte[] labels = new byte[PIXELS];

    /** Draws both maps; every tenth pixel is not labelled. */
    @Setup
    public void draw() {
        Random random = new Random(1);
        for (int i = 0; i < PIXELS; i++) {
            predicted[i] = (byte) random.nextInt(CLASSES);
            labels[i] = (byte) (random.nextInt(10) == 0 ? 255 : random.nextInt(CLASSES));
        }
    }

    @Benchmark
    public ConfusionMatrix add() {
        matrix.add(predicted, labels);
        return matrix;
    }
}
