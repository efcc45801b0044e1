package dev.reflux.trainer;

import com.google.protobuf.ByteString;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameDomain;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.TrainingSample;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Small samples of schema tiny-5, as a teacher sends them: stripes of classes, and logits that know them. */
public final class Samples {

    public static final Path STUDENT = Path.of("../models/fixtures/tiny-student.json");
    public static final int WIDTH = 48;
    public static final int HEIGHT = 32;
    public static final int CLASSES = 5;

    private static final ImageCodec IMAGES = ImageCodec.standard();

    private Samples() {}

    public static LabelSchema schema() {
        return ModelCard.read(STUDENT).labelSchema();
    }

    /** The i-th frame of a drive: one a second, one camera. */
    public static DistillationSample.Builder sound(int i) {
        return sound(i, 0);
    }

    /** The same with the stripes' classes turned by some. */
    public static DistillationSample.Builder sound(int i, int turn) {
        LabelMap label = label(i, turn);
        return DistillationSample.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrame(LabeledFrame.newBuilder()
                        .setFormatVersion(MessageCodec.FORMAT_VERSION)
                        .setFrameId("frame-" + i)
                        .setCameraId("camera")
                        .setVehicleId("vehicle")
                        .setCapturedAtMicros(capturedAt(i))
                        .setDomain(FrameDomain.newBuilder().setSequence("drive"))
                        .setImage(ByteString.copyFrom(IMAGES.encodePng(image(label, i))))
                        .setLabel(ByteString.copyFrom(new LabelMapCodec().encode(label)))
                        .setLabelSchemaId("tiny-5"))
                .setTeacherId("tiny-teacher")
                .setProjectionHeadId("head-1")
                .setLabelSchemaId("tiny-5")
                .setViewWidth(WIDTH)
                .setViewHeight(HEIGHT)
                .setProjectedLogits(tensor(label, 2, 3))
                .setLogits(tensor(label, 4, 6));
    }

    public static long capturedAt(int i) {
        return 1_700_000_000_000_000L + i * 1_000_000L;
    }

    /** A change of the frame inside. */
    public static DistillationSample.Builder with(int i, UnaryOperator<LabeledFrame.Builder> change) {
        DistillationSample.Builder sample = sound(i);
        return sample.setFrame(change.apply(sample.getFrame().toBuilder()));
    }

    public static byte[] value(DistillationSample.Builder sample) {
        return sample.build().toByteArray();
    }

    public static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value) {
        return new ConsumerRecord<>(Topics.DISTILLATION_SAMPLES, 0, offset, null, value);
    }

    /** The i-th frame, decoded; it stands at offset i of partition 0. */
    public static TrainingSample decoded(int i) {
        return decoded(i, sound(i));
    }

    public static TrainingSample decoded(int i, DistillationSample.Builder sample) {
        try {
            return new SampleDecoder(schema()).decode(record(i, value(sample)));
        } catch (RejectedFrameException e) {
            throw new AssertionError(e);
        }
    }

    public static LabelMap label(int i, int turn) {
        byte[] ids = new byte[WIDTH * HEIGHT];
        for (int p = 0; p < ids.length; p++) {
            ids[p] = (byte) (((p % WIDTH + i) * CLASSES / WIDTH + turn) % CLASSES);
        }
        ids[0] = (byte) 255;
        return new LabelMap(WIDTH, HEIGHT, ids);
    }

    /** Grey by stripe, with noise: something that can be learnt. */
    private static RgbImage image(LabelMap label, int seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int p = 0; p < rgb.length; p++) {
            int stripe = (p / 3 % WIDTH + seed) * CLASSES / WIDTH;
            rgb[p] = (byte) (30 + 40 * (stripe % CLASSES) + random.nextInt(16));
        }
        return new RgbImage(label.width(), label.height(), rgb);
    }

    /** High where the label has the class, low elsewhere. */
    public static Tensor tensor(LabelMap label, int rows, int columns) {
        return TensorCodec.encode(logits(label, rows, columns), TensorType.TENSOR_TYPE_INT8);
    }

    private static LogitMap logits(LabelMap label, int rows, int columns) {
        byte[] ids = label.nearest(columns, rows).ids();
        TensorShape shape = new TensorShape(CLASSES, rows, columns);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ids[i % shape.plane()] == i / shape.plane() ? 3 : -2;
        }
        return new LogitMap(shape, values);
    }
}
