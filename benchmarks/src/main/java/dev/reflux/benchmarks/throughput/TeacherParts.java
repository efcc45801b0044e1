package dev.reflux.benchmarks.throughput;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.message.TensorType;
import dev.reflux.teacher.inference.InferredBatch;
import dev.reflux.teacher.inference.NetworkOutput;
import dev.reflux.teacher.inference.TeacherNetwork;
import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.ingest.FrameDecoder;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.projection.ProjectedFrame;
import dev.reflux.teacher.projection.Projector;
import dev.reflux.teacher.publish.SampleEncoder;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHead;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The teacher service's own stages without the queues between them. {@link #decode} and {@link #encode} may be called by any
 * thread, the others by the thread that loaded it.
 */
final class TeacherParts implements AutoCloseable {

    /** As the service's default, {@code teacher.tensors.logits-stride}. */
    private static final int LOGITS_STRIDE = 8;

    private final TorchRuntime runtime;
    private final TeacherNetwork network;
    private final Projector projector;
    private final FrameDecoder decoder;
    private final SampleEncoder encoder;

    TeacherParts(EmbeddedStream stream) {
        var card = stream.teacher();
        runtime = TorchRuntime.start(new TorchOptions(stream.settings().threads(), "cpu"));
        network = TeacherNetwork.load(runtime, card.modelFile(stream.settings().teacher()), card, stream.view());
        projector = new Projector(runtime, ProjectionHead.load(runtime, stream.head()), stream.view(), LOGITS_STRIDE);
        LabelSchemas schemas = LabelSchemas.builtIn();
        if (schemas.find(card.labelSchema().id()).isEmpty()) {
            schemas = schemas.with(card.labelSchema());
        }
        decoder = new FrameDecoder(
                ImageCodec.standard(), schemas, card.labelSchema().id());
        encoder = new SampleEncoder(
                card.name(), stream.head().id(), card.labelSchema().id(), stream.view(), TensorType.TENSOR_TYPE_INT8);
    }

    /** Returns a message as a polled record. */
    static Ticket ticket(long offset, byte[] message) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(Topics.FRAMES_LABELED, 0, offset, new byte[0], message);
        return new Ticket(record, 1, () -> {});
    }

    DecodedFrame decode(Ticket ticket) {
        try {
            return decoder.decode(ticket);
        } catch (RejectedFrameException e) {
            throw new IllegalStateException("a frame of the data set is refused: " + e.getMessage(), e);
        }
    }

    NetworkOutput forward(List<DecodedFrame> batch) {
        return network.forward(batch.stream().map(DecodedFrame::image).toList());
    }

    /** Closes the output. */
    List<ProjectedFrame> project(List<DecodedFrame> batch, NetworkOutput output) {
        return projector
                .project(new InferredBatch(List.of(new InferredBatch.Part(batch, output)), List.of()))
                .frames();
    }

    byte[] encode(ProjectedFrame frame) {
        return encoder.encode(frame);
    }

    @Override
    public void close() {
        projector.close();
        network.close();
        runtime.close();
    }
}
