package dev.reflux.benchmarks.micro;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.common.tensor.TensorShape;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A frame's logits, 19 classes at 64x128, onto the wire and off it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TensorCodecBenchmark {

    @Param({"TENSOR_TYPE_FP32", "TENSOR_TYPE_FP16", "TENSOR_TYPE_INT8"})
    private TensorType type = TensorType.TENSOR_TYPE_INT8;

    private LogitMap map = new LogitMap(new TensorShape(1, 1, 1), new float[1]);
    private Tensor encoded = Tensor.getDefaultInstance();

    /** Draws the logits. */
    @Setup
    public void draw() {
        TensorShape shape = new TensorShape(19, 64, 128);
        float[] values = new float[shape.size()];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = 3 * (float) random.nextGaussian();
        }
        map = new LogitMap(shape, values);
        encoded = TensorCodec.encode(map, type);
    }

    @Benchmark
    public Tensor encode() {
        return TensorCodec.encode(map, type);
    }

    @Benchmark
    public LogitMap decode() throws RejectedFrameException {
        return TensorCodec.decode(encoded);
    }
}
