package dev.reflux.common.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameDomain;
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.common.message.WantedReason;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.common.tensor.TensorShape;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The golden bytes below are what older and newer builds have on their logs: they may not change. */
class MessageCodecTest {

    private static final LabeledFrame FRAME = LabeledFrame.newBuilder()
            .setFormatVersion(1)
            .setFrameId("f1")
            .setCameraId("c1")
            .setVehicleId("v1")
            .setCapturedAtMicros(1_700_000_000_000_000L)
            .setDomain(FrameDomain.newBuilder()
                    .setWeather("rain")
                    .setTimeOfDay("dusk")
                    .setSequence("s1"))
            .setImage(ByteString.copyFrom(new byte[] {1, 2}))
            .setLabel(ByteString.copyFrom(new byte[] {3}))
            .setLabelSchemaId("camvid-11")
            .build();

    private static final String FRAME_BYTES =
            "0801120266311a02633122027631288080f9c0c1c4820332100a047261696e12046475736b1a0273313a0201024201034a09"
                    + "63616d7669642d3131";

    /** The same frame without a label: the field is absent. */
    private static final String UNLABELED_BYTES = FRAME_BYTES.replace("420103", "");

    private static final String SAMPLE_BYTES =
            "0801123b0801120266311a02633122027631288080f9c0c1c4820332100a047261696e12046475736b1a0273313a02010242"
                    + "01034a0963616d7669642d31311a190a030101021003180122048180003c2a040081803b3202807f22190a03010102100318"
                    + "0122040000803f2a04000000433202807f2a027431320270313a0963616d7669642d313140e00348e802";

    private static final String PUBLISHED_BYTES =
            "080112016d182a22216d2f76657273696f6e732f30303030303034322f6d616e69666573742e6a736f6e2a0261623005";

    private static final String WANTED_BYTES =
            "080112016d180720012a026631320263313a027631400549000000000000e83f52170a0c64697361677265656d"
                    + "656e7411000000000000e03f5a180a0e6672616d65732e6c6162656c65641202696418032009";

    private static final DistillationSample SAMPLE = DistillationSample.newBuilder()
            .setFormatVersion(1)
            .setFrame(FRAME)
            .setProjectedLogits(int8(-1f, 1f))
            .setLogits(int8(0f, 255f))
            .setTeacherId("t1")
            .setProjectionHeadId("p1")
            .setLabelSchemaId("camvid-11")
            .setViewWidth(480)
            .setViewHeight(360)
            .build();

    private static final StudentVersionPublished PUBLISHED = StudentVersionPublished.newBuilder()
            .setFormatVersion(1)
            .setModelName("m")
            .setVersion(42)
            .setManifestObject("m/versions/00000042/manifest.json")
            .setManifestSha256("ab")
            .setPublishedAtMicros(5)
            .build();

    private static final WantedLabel WANTED = WantedLabel.newBuilder()
            .setFormatVersion(1)
            .setModelName("m")
            .setWindow(7)
            .setRank(1)
            .setFrameId("f1")
            .setCameraId("c1")
            .setVehicleId("v1")
            .setCapturedAtMicros(5)
            .setScore(0.75)
            .addReasons(WantedReason.newBuilder().setName("disagreement").setValue(0.5))
            .setFrameSource(FrameSource.newBuilder()
                    .setTopic("frames.labeled")
                    .setTopicId("id")
                    .setPartition(3)
                    .setOffset(9))
            .build();

    @Test
    void givenTheGoldenBytes_whenRead_thenTheyAreTheMessages() throws RejectedFrameException {
        assertThat(MessageCodec.frame(hex(FRAME_BYTES))).isEqualTo(FRAME);
        assertThat(MessageCodec.sample(hex(SAMPLE_BYTES))).isEqualTo(SAMPLE);
        assertThat(MessageCodec.published(hex(PUBLISHED_BYTES))).isEqualTo(PUBLISHED);
        assertThat(MessageCodec.wanted(hex(WANTED_BYTES))).isEqualTo(WANTED);
    }

    @Test
    void givenTheMessages_whenWritten_thenTheyAreTheGoldenBytes() {
        assertThat(hex(FRAME)).isEqualTo(FRAME_BYTES);
        assertThat(hex(SAMPLE)).isEqualTo(SAMPLE_BYTES);
        assertThat(hex(PUBLISHED)).isEqualTo(PUBLISHED_BYTES);
        assertThat(hex(WANTED)).isEqualTo(WANTED_BYTES);
    }

    @Test
    void givenAFrameWithoutALabel_whenRead_thenOnlyTheLabelIsMissing() throws RejectedFrameException {
        LabeledFrame read = MessageCodec.frame(hex(UNLABELED_BYTES));

        assertThat(read).isEqualTo(FRAME.toBuilder().clearLabel().build());
        assertThat(read.getLabelSchemaId()).isEqualTo("camvid-11");
        assertThat(hex(read)).isEqualTo(UNLABELED_BYTES).hasSize(FRAME_BYTES.length() - 6);
    }

    @Test
    void givenASampleOfAFrameWithoutALabel_whenRead_thenItIsSound() throws RejectedFrameException {
        DistillationSample unlabeled =
                SAMPLE.toBuilder().setFrame(FRAME.toBuilder().clearLabel()).build();

        DistillationSample read = MessageCodec.sample(unlabeled.toByteArray());

        assertThat(read).isEqualTo(unlabeled);
    }

    @Test
    void givenAFrameWithoutALabelAndASchema_whenRead_thenTheSchemaIsMissed() {
        refuses(
                () -> MessageCodec.frame(FRAME.toBuilder()
                        .clearLabel()
                        .clearLabelSchemaId()
                        .build()
                        .toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "label_schema_id");
    }

    @Test
    void givenAFieldOfTheFuture_whenRead_thenTheRestIsUnderstood() throws RejectedFrameException {
        byte[] withField200 = hex(FRAME_BYTES + "c20c0178");

        LabeledFrame read = MessageCodec.frame(withField200);

        assertThat(read.getFrameId()).isEqualTo("f1");
    }

    @Test
    void givenAnUnknownVersion_whenRead_thenItIsNamed() {
        refuses(
                () -> MessageCodec.frame(
                        FRAME.toBuilder().setFormatVersion(2).build().toByteArray()),
                Rejection.UNKNOWN_MESSAGE_VERSION,
                "version 2");
        refuses(
                () -> MessageCodec.sample(SAMPLE.toBuilder()
                        .setFrame(FRAME.toBuilder().setFormatVersion(9))
                        .build()
                        .toByteArray()),
                Rejection.UNKNOWN_MESSAGE_VERSION,
                "version 9");
    }

    @Test
    void givenAMissingField_whenRead_thenItIsNamed() {
        refuses(() -> MessageCodec.frame(new byte[0]), Rejection.MALFORMED_MESSAGE, "format_version");
        refuses(
                () -> MessageCodec.frame(
                        FRAME.toBuilder().clearFrameId().build().toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "frame_id");
        refuses(
                () -> MessageCodec.frame(
                        FRAME.toBuilder().clearCameraId().build().toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "camera_id");
        refuses(
                () -> MessageCodec.sample(
                        SAMPLE.toBuilder().clearLogits().build().toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "logits");
        refuses(
                () -> MessageCodec.sample(
                        SAMPLE.toBuilder().clearProjectedLogits().build().toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "projected_logits");
        refuses(
                () -> MessageCodec.sample(
                        SAMPLE.toBuilder().clearTeacherId().build().toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "teacher_id");
        refuses(
                () -> MessageCodec.sample(
                        SAMPLE.toBuilder().clearViewWidth().build().toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "view_width");
        refuses(
                () -> MessageCodec.published(
                        PUBLISHED.toBuilder().clearModelName().build().toByteArray()),
                Rejection.MALFORMED_MESSAGE,
                "model_name");
        refusesWanted(WANTED.toBuilder().clearModelName(), "model_name");
        refusesWanted(WANTED.toBuilder().clearFrameId(), "frame_id");
        refusesWanted(WANTED.toBuilder().clearCameraId(), "camera_id");
        refusesWanted(WANTED.toBuilder().clearWindow(), "window");
        refusesWanted(WANTED.toBuilder().clearRank(), "rank");
        refusesWanted(WANTED.toBuilder().addReasons(WantedReason.newBuilder().setValue(1)), "reason's name");
    }

    @Test
    void givenAWantedLabelWhoseFigureIsNoNumber_whenRead_thenItIsNamed() {
        refusesWanted(WANTED.toBuilder().setScore(Double.NaN), "score");
        refusesWanted(WANTED.toBuilder().setScore(-1), "score");
        refusesWanted(
                WANTED.toBuilder()
                        .addReasons(WantedReason.newBuilder().setName("rarity").setValue(1 / 0.0)),
                "rarity");
    }

    private static void refusesWanted(WantedLabel.Builder wanted, String word) {
        refuses(() -> MessageCodec.wanted(wanted.build().toByteArray()), Rejection.MALFORMED_MESSAGE, word);
    }

    @Test
    void givenRubbish_whenRead_thenItIsMalformed() {
        byte[] rubbish = {(byte) 0xFF, (byte) 0xFF, 7, 3};

        refuses(() -> MessageCodec.frame(rubbish), Rejection.MALFORMED_MESSAGE);
        refuses(() -> MessageCodec.sample(rubbish), Rejection.MALFORMED_MESSAGE);
        refuses(() -> MessageCodec.published(rubbish), Rejection.MALFORMED_MESSAGE);
        refuses(() -> MessageCodec.wanted(rubbish), Rejection.MALFORMED_MESSAGE);
    }

    @Test
    void givenARecordOverTheLimit_whenRead_thenItIsRefusedUnread() {
        refuses(() -> MessageCodec.frame(new byte[MessageCodec.MAX_RECORD_BYTES + 1]), Rejection.RECORD_TOO_LARGE);
    }

    private static Tensor int8(float low, float high) {
        return TensorCodec.encode(
                new LogitMap(new TensorShape(1, 1, 2), new float[] {low, high}), TensorType.TENSOR_TYPE_INT8);
    }

    private static void refuses(ThrowingCallable reading, Rejection reason, String... words) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                        .isEqualTo(reason))
                .satisfies(e -> assertThat(words).allSatisfy(w -> assertThat(e).hasMessageContaining(w)));
    }

    private static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes);
    }

    private static String hex(MessageLite message) {
        return HexFormat.of().formatHex(message.toByteArray());
    }
}
