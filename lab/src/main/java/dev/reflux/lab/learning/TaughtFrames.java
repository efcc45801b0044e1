package dev.reflux.lab.learning;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameDomain;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.teacher.inference.InferredBatch;
import dev.reflux.teacher.inference.TeacherNetwork;
import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.ingest.FrameDecoder;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.projection.ProjectedBatch;
import dev.reflux.teacher.projection.Projector;
import dev.reflux.teacher.publish.SampleEncoder;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHead;
import dev.reflux.torch.model.ProjectionHeadFile;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The samples of a split as the trainer would receive them. Every frame passes the teacher service's own stages (decode,
 * network, projection, encoding) once, and its sample is stored in the bytes that Kafka would carry. The teacher is
 * frozen, so later runs read the stored samples.
 */
final class TaughtFrames {

    private static final int BATCH = 4;
    private static final int LOGITS_STRIDE = 8;

    private final Dataset dataset;
    private final String split;
    private final ModelCard card;
    private final Path modelFile;
    private final ProjectionHeadFile head;
    /** The size at which the teacher looks. */
    private final ImageSize view;

    private final WireType wire;
    private final LearningListener listener;

    TaughtFrames(
            Dataset dataset,
            String split,
            Path teacherCard,
            ProjectionHeadFile head,
            ImageSize view,
            WireType wire,
            LearningListener listener) {
        this.dataset = dataset;
        this.split = split;
        this.card = ModelCard.read(teacherCard);
        this.modelFile = card.modelFile(teacherCard);
        this.head = head;
        this.view = view;
        this.wire = wire;
        this.listener = listener;
    }

    /**
     * Returns the samples, as a student sees them that looks at frames in a size of its own.
     *
     * @throws UsageException if a frame of the data set cannot be used
     */
    List<Protocol.Shot> read(TorchRuntime runtime, Path folder, ImageSize studentView) {
        Path file = folder.resolve(name());
        if (!Files.exists(file)) {
            teach(runtime, file);
        }
        SampleDecoder decoder = new SampleDecoder(dataset.schema(), null, sample -> sample.seenAt(studentView));
        List<Protocol.Shot> shots = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int count = in.readInt();
            for (int place = 0; place < count; place++) {
                byte[] value = in.readNBytes(in.readInt());
                shots.add(shot(decoder, place, value));
            }
        } catch (IOException e) {
            throw new UsageException("The cached samples in " + file + " cannot be read; delete the file.", e);
        } catch (RejectedFrameException e) {
            throw new UsageException("The cached samples in " + file + " are damaged: " + e.getMessage(), e);
        }
        return shots;
    }

    private static Protocol.Shot shot(SampleDecoder decoder, int place, byte[] value) throws RejectedFrameException {
        DistillationSample sample = MessageCodec.sample(value);
        FrameDomain domain = sample.getFrame().getDomain();
        return new Protocol.Shot(
                domain.getSequence(),
                domainOf(domain),
                decoder.decode(new SampleReference(0, place), value),
                value.length);
    }

    /** Returns light and weather, or the sequence if both are unknown. */
    static String domainOf(FrameDomain domain) {
        String words = (domain.getTimeOfDay() + " " + domain.getWeather())
                .replace("clear", "")
                .strip();
        return words.isEmpty() ? domain.getSequence() : words;
    }

    private void teach(TorchRuntime runtime, Path file) {
        FrameDecoder decoder = new FrameDecoder(
                ImageCodec.standard(),
                LabelSchemas.builtIn().with(dataset.schema()),
                schemaOfTeacher().id());
        SampleEncoder encoder =
                new SampleEncoder(card.name(), head.id(), card.labelSchema().id(), view, wire.tensorType());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        int count = dataset.count(split);
        try (Stream<LabeledFrame> messages = FleetPlan.once(dataset, split).messages();
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part)));
                TeacherNetwork network = TeacherNetwork.load(runtime, modelFile, card, view);
                Projector projector = new Projector(runtime, ProjectionHead.load(runtime, head), view, LOGITS_STRIDE)) {
            out.writeInt(count);
            List<DecodedFrame> batch = new ArrayList<>();
            int done = 0;
            for (Iterator<LabeledFrame> each = messages.iterator(); each.hasNext(); ) {
                batch.add(decoder.decode(ticket(done++, each.next())));
                if (batch.size() == BATCH || !each.hasNext()) {
                    write(out, encoder, project(network, projector, batch));
                    batch.clear();
                    listener.progressed("teach", done, count, card.name() + " at " + view);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RejectedFrameException e) {
            throw new UsageException("A frame of " + dataset.id() + " cannot be used: " + e.getMessage(), e);
        }
        move(part, file);
    }

    private LabelSchema schemaOfTeacher() {
        LabelSchema schema = card.labelSchema();
        if (schema.classCount() != dataset.schema().classCount()) {
            throw new UsageException("The teacher " + card.name() + " knows " + schema.id() + " and the data set "
                    + dataset.id() + " is labelled by " + dataset.schema().id()
                    + "; give a --teacher of that schema.");
        }
        return schema;
    }

    private static ProjectedBatch project(TeacherNetwork network, Projector projector, List<DecodedFrame> frames)
            throws RejectedFrameException {
        var images = frames.stream().map(DecodedFrame::image).toList();
        var part = new InferredBatch.Part(frames, network.forward(images));
        ProjectedBatch projected = projector.project(new InferredBatch(List.of(part), List.of()));
        if (!projected.rejected().isEmpty()) {
            var first = projected.rejected().get(0);
            throw new RejectedFrameException(first.reason(), first.sentence());
        }
        return projected;
    }

    private static void write(DataOutputStream out, SampleEncoder encoder, ProjectedBatch batch) throws IOException {
        for (var frame : batch.frames()) {
            byte[] value = encoder.encode(frame);
            out.writeInt(value.length);
            out.write(value);
        }
    }

    private static Ticket ticket(int place, LabeledFrame message) {
        return new Ticket(record(Topics.FRAMES_LABELED, place, message.toByteArray()), 0, () -> {});
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, long offset, byte[] value) {
        return new ConsumerRecord<>(topic, 0, offset, new byte[0], value);
    }

    /** Returns a key that includes everything on which the samples depend. */
    private String name() {
        String all = String.join(
                "|", dataset.id(), String.valueOf(dataset.count(split)), card.sha256(), head.id(), view.toString());
        String hash = HexFormat.of()
                .formatHex(Sha256.digest().digest(all.getBytes(StandardCharsets.UTF_8)))
                .substring(0, 12);
        return (split.equals("train") ? "samples-" : "samples-" + split + "-") + card.name() + "-" + view + "-"
                + wire.name().toLowerCase(java.util.Locale.ROOT) + "-" + hash + ".bin";
    }

    private static void move(Path part, Path file) {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
