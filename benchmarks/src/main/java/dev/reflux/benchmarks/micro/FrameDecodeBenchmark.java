package dev.reflux.benchmarks.micro;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.datasets.Frame;
import dev.reflux.datasets.synthetic.SyntheticDataset;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/** A frame's JPEG and its label's PNG, 256x160, to pixels and class ids. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameDecodeBenchmark {

    private final SyntheticDataset dataset = SyntheticDataset.standard();
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();
    private byte[] image = new byte[0];
    private byte[] label = new byte[0];

    /** Renders one frame. */
    @Setup
    public void render() {
        try (Stream<Frame> frames = dataset.frames("train")) {
            Frame first = frames.findFirst().orElseThrow();
            image = first.image();
            label = first.label();
        }
    }

    @Benchmark
    public RgbImage image() throws RejectedFrameException {
        return images.decode(image);
    }

    @Benchmark
    public LabelMap label() throws RejectedFrameException {
        return labels.decode(
                label, dataset.schema(), dataset.size().width(), dataset.size().height());
    }
}
