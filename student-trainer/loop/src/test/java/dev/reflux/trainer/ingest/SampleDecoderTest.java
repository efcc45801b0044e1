package dev.reflux.trainer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameDomain;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.message.Tensor;
import dev.reflux.trainer.Samples;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleDecoderTest {

    private final SampleDecoder decoder = new SampleDecoder(Samples.schema());

    /** What is wrong → the record's value; each name begins with the rejection that it must get. */
    static Map<String, byte[]> poison() {
        Map<String, byte[]> poison = new LinkedHashMap<>();
        byte[] image = Samples.sound(1).getFrame().getImage().toByteArray();
        byte[] label = Samples.sound(1).getFrame().getLabel().toByteArray();
        LabelMap highest = Samples.label(1, 0);
        highest.ids()[77] = 5;
        poison.put("MALFORMED_MESSAGE no value", null);
        poison.put("MALFORMED_MESSAGE nothing", new byte[0]);
        poison.put("MALFORMED_MESSAGE rubbish", "<html>no sample</html>".getBytes(StandardCharsets.UTF_8));
        poison.put("MALFORMED_MESSAGE cut short", cut(Samples.value(Samples.sound(1))));
        poison.put("MALFORMED_MESSAGE no frame id", frame(f -> f.setFrameId("")));
        poison.put("MALFORMED_MESSAGE no teacher", sample(s -> s.setTeacherId("")));
        poison.put("MALFORMED_MESSAGE no head", sample(s -> s.setProjectionHeadId("")));
        poison.put("MALFORMED_MESSAGE no logits", sample(DistillationSample.Builder::clearLogits));
        poison.put("MALFORMED_MESSAGE no view", sample(DistillationSample.Builder::clearViewWidth));
        poison.put("MALFORMED_MESSAGE view of a dot", sample(s -> s.setViewWidth(1)));
        poison.put("MALFORMED_MESSAGE view of a wall", sample(s -> s.setViewHeight(1_000_000)));
        poison.put("MALFORMED_MESSAGE view past int", sample(s -> s.setViewHeight(-5)));
        poison.put("UNKNOWN_MESSAGE_VERSION of the sample", sample(s -> s.setFormatVersion(99)));
        poison.put("UNKNOWN_MESSAGE_VERSION of the frame", frame(f -> f.setFormatVersion(2)));
        poison.put("RECORD_TOO_LARGE", new byte[MessageCodec.MAX_RECORD_BYTES + 1]);
        poison.put("EMPTY_IMAGE", frame(f -> f.setImage(ByteString.EMPTY)));
        poison.put("UNREADABLE_IMAGE", frame(f -> f.setImage(ByteString.copyFrom(cut(image)))));
        poison.put("IMAGE_TOO_LARGE", frame(f -> f.setImage(ByteString.copyFrom(pngHeader(20_000, 20_000)))));
        poison.put("UNREADABLE_LABEL cut short", frame(f -> f.setLabel(ByteString.copyFrom(cut(label)))));
        poison.put("LABEL_NOT_8_BIT_GRAY 16 bit", frame(f -> f.setLabel(png(BufferedImage.TYPE_USHORT_GRAY))));
        poison.put("LABEL_NOT_8_BIT_GRAY RGB", frame(f -> f.setLabel(png(BufferedImage.TYPE_3BYTE_BGR))));
        poison.put("LABEL_SIZE_MISMATCH", frame(f -> f.setLabel(encoded(new LabelMap(8, 8, new byte[64])))));
        poison.put("CLASS_OUT_OF_RANGE", frame(f -> f.setLabel(encoded(highest))));
        poison.put("UNKNOWN_LABEL_SCHEMA", sample(s -> s.setLabelSchemaId("cityscapes-19")));
        poison.put("BAD_TENSOR lacks a byte", sample(s -> s.setLogits(shortened(s.getLogits()))));
        poison.put("BAD_TENSOR of four classes", sample(s -> s.setProjectedLogits(classes(s.getProjectedLogits(), 4))));
        poison.put(
                "BAD_TENSOR not finite",
                sample(s -> s.setLogits(s.getLogits().toBuilder().setScale(0, Float.NaN))));
        poison.put("WRONG_TEACHER another", sample(s -> s.setTeacherId("another")));
        poison.put("WRONG_TEACHER another head", sample(s -> s.setProjectionHeadId("head-2")));
        return poison;
    }

    static Set<String> poisonNames() {
        return poison().keySet();
    }

    @ParameterizedTest
    @MethodSource("poisonNames")
    void givenASpoiltSample_whenDecoded_thenItIsRefusedForItsReasonInASentence(String name) throws Exception {
        decoder.decode(new SampleReference(0, 0), Samples.value(Samples.sound(0)));

        RejectedFrameException refusal = catchThrowableOfType(
                RejectedFrameException.class, () -> decoder.decode(new SampleReference(0, 1), poison().get(name)));

        assertThat(refusal).as(name).isNotNull();
        assertThat(refusal.reason().name()).isEqualTo(name.split(" ")[0]);
        assertThat(refusal.getMessage()).endsWith(".").hasSizeGreaterThan(20);
        assertThat(decoder.teacher()).isEqualTo(new TeacherIdentity("tiny-teacher", "head-1"));
    }

    @Test
    void givenTheClosedSetOfReasons_whenComparedWithThePoison_thenEveryReasonOfADecoderIsTried() {
        Set<Rejection> tried = poison().keySet().stream()
                .map(name -> Rejection.valueOf(name.split(" ")[0]))
                .collect(Collectors.toSet());

        // The others are found by the teacher, or by the trainer when the sample is decoded.
        assertThat(EnumSet.complementOf(EnumSet.copyOf(tried)))
                .containsExactlyInAnyOrder(
                        Rejection.INFERENCE_FAILED,
                        Rejection.PROCESS_ENDED,
                        Rejection.SET_ASIDE,
                        Rejection.STEP_SKIPPED);
    }

    @Test
    void givenASoundSample_whenDecoded_thenAllOfItIsThere() throws Exception {
        TrainingSample sample = decoder.decode(new SampleReference(0, 7), Samples.value(Samples.sound(3)));

        assertThat(sample.reference()).isEqualTo(new SampleReference(0, 7));
        assertThat(sample.frameId()).isEqualTo("frame-3");
        assertThat(sample.cameraId()).isEqualTo("camera");
        assertThat(sample.capturedAtMicros()).isEqualTo(Samples.capturedAt(3));
        assertThat(sample.domain()).isEqualTo("drive");
        assertThat(sample.view()).isEqualTo(new ImageSize(Samples.WIDTH, Samples.HEIGHT));
        assertThat(sample.image().width()).isEqualTo(Samples.WIDTH);
        assertThat(sample.label().ids()).isEqualTo(Samples.label(3, 0).ids());
        assertThat(sample.projected().shape()).hasToString("[5, 2, 3]");
        assertThat(sample.logits().shape()).hasToString("[5, 4, 6]");
    }

    @Test
    void givenFramesThatNameNoSequence_whenDecoded_thenTheDomainIsTimeAndWeatherOrUnknown() throws Exception {
        FrameDomain night = FrameDomain.newBuilder()
                .setTimeOfDay("night")
                .setWeather("rain")
                .build();

        TrainingSample said =
                decoder.decode(new SampleReference(0, 0), Samples.value(Samples.with(0, f -> f.setDomain(night))));
        TrainingSample silent = decoder.decode(
                new SampleReference(0, 1), Samples.value(Samples.with(1, LabeledFrame.Builder::clearDomain)));

        assertThat(said.domain()).isEqualTo("night rain");
        assertThat(silent.domain()).isEqualTo("unknown");
    }

    @Test
    void givenASpoiltFirstSample_whenRefused_thenTheTrainerIsNotBoundToItsTeacher() throws Exception {
        byte[] spoilt = sample(s -> s.setTeacherId("stranger").setLogits(shortened(s.getLogits())));
        catchThrowableOfType(RejectedFrameException.class, () -> decoder.decode(new SampleReference(0, 0), spoilt));

        decoder.decode(new SampleReference(0, 1), Samples.value(Samples.sound(1)));

        assertThat(decoder.teacher()).isEqualTo(new TeacherIdentity("tiny-teacher", "head-1"));
    }

    private static byte[] sample(UnaryOperator<DistillationSample.Builder> change) {
        return Samples.value(change.apply(Samples.sound(1)));
    }

    private static byte[] frame(UnaryOperator<LabeledFrame.Builder> change) {
        return Samples.value(Samples.with(1, change));
    }

    private static byte[] cut(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length / 2);
    }

    private static Tensor shortened(Tensor tensor) {
        ByteString data = tensor.getData();
        return tensor.toBuilder().setData(data.substring(1)).build();
    }

    private static Tensor classes(Tensor tensor, int classes) {
        int plane = tensor.getShape(1) * tensor.getShape(2);
        Tensor.Builder fewer =
                tensor.toBuilder().setShape(0, classes).clearScale().clearOffset();
        for (int c = 0; c < classes; c++) {
            fewer.addScale(tensor.getScale(c)).addOffset(tensor.getOffset(c));
        }
        return fewer.setData(tensor.getData().substring(0, classes * plane)).build();
    }

    private static ByteString encoded(LabelMap map) {
        return ByteString.copyFrom(new LabelMapCodec().encode(map));
    }

    private static ByteString png(int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(Samples.WIDTH, Samples.HEIGHT, type), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(out.toByteArray());
    }

    /** The first 33 bytes of a PNG that announces a size and has nothing else. */
    private static byte[] pngHeader(int width, int height) {
        ByteBuffer header = ByteBuffer.allocate(33).order(ByteOrder.BIG_ENDIAN);
        header.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'})
                .putInt(13);
        header.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array(), 12, 17);
        return header.putInt((int) crc.getValue()).array();
    }

    @Test
    void givenNoLabel_whenDecoded_thenTheSampleHasNoneAndItsIdentityIsThatOfItsFrame() throws Exception {
        byte[] message = Samples.value(Samples.with(3, frame -> frame.clearLabel()));

        DecodedSample decoded = new SampleDecoder(Samples.schema()).identify(new SampleReference(0, 3), message);

        assertThat(decoded.sample().isLabeled()).isFalse();
        assertThat(decoded.identity()).isEqualTo(decoded.frame());
        DecodedSample labeled = new SampleDecoder(Samples.schema())
                .identify(new SampleReference(0, 4), Samples.value(Samples.sound(3)));
        assertThat(labeled.frame()).isEqualTo(decoded.frame());
        assertThat(labeled.identity()).isNotEqualTo(decoded.identity());
    }
}
