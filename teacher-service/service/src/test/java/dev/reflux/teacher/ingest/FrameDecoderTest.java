package dev.reflux.teacher.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.model.ModelCard;
import dev.reflux.teacher.SampleFrames;
import dev.reflux.teacher.pipeline.Ticket;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FrameDecoderTest {

    private final FrameDecoder decoder = new FrameDecoder(
            ImageCodec.standard(),
            LabelSchemas.builtIn()
                    .with(ModelCard.read(Path.of("../../models/fixtures/tiny-teacher.json"))
                            .labelSchema()),
            SampleFrames.SCHEMA);

    private static Ticket ticket(byte[] value) {
        return new Ticket(new ConsumerRecord<>("t", 0, 0, new byte[0], value), 1, () -> {});
    }

    @Test
    void givenASoundFrame_whenDecoded_thenItsPixelsAndItsMessageAreThere() throws RejectedFrameException {
        DecodedFrame frame = decoder.decode(ticket(SampleFrames.value(SampleFrames.sound("f"))));

        assertThat(frame.image().width()).isEqualTo(SampleFrames.WIDTH);
        assertThat(frame.message()).isEqualTo(SampleFrames.sound("f").build());
    }

    @Test
    void givenAFrameWithoutALabel_whenDecoded_thenItIsSoundAndItsMessageIsAsItCame() throws RejectedFrameException {
        LabeledFrame.Builder without = SampleFrames.sound("f").clearLabel();

        DecodedFrame frame = decoder.decode(ticket(SampleFrames.value(without)));

        assertThat(frame.image().width()).isEqualTo(SampleFrames.WIDTH);
        assertThat(frame.message()).isEqualTo(without.build());
    }

    static Stream<Arguments> withoutLabel() {
        return Stream.of(
                Arguments.of("UNKNOWN_LABEL_SCHEMA", SampleFrames.sound("f").setLabelSchemaId("cityscapes-19")),
                Arguments.of("MALFORMED_MESSAGE", SampleFrames.sound("f").clearLabelSchemaId()),
                Arguments.of("EMPTY_IMAGE", SampleFrames.sound("f").clearImage()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withoutLabel")
    void givenAFrameWithoutALabelThatIsSpoilt_whenDecoded_thenTheRestIsCheckedAllTheSame(
            String reason, LabeledFrame.Builder spoilt) {
        byte[] value = SampleFrames.value(spoilt.clearLabel());

        RejectedFrameException refused =
                catchThrowableOfType(RejectedFrameException.class, () -> decoder.decode(ticket(value)));

        assertThat(refused.reason().name()).isEqualTo(reason);
    }

    @Test
    void givenALabelWithATransparentValue_whenDecoded_thenTheFrameIsSound() throws RejectedFrameException {
        byte[] label = SampleFrames.sound("f").getLabel().toByteArray();
        byte[] clear = SampleFrames.withChunk("tRNS", new byte[] {0, (byte) 255}, label);

        DecodedFrame frame = decoder.decode(
                ticket(SampleFrames.value(SampleFrames.sound("f").setLabel(ByteString.copyFrom(clear)))));

        assertThat(frame.image().width()).isEqualTo(SampleFrames.WIDTH);
    }

    @Test
    void givenAnImageThatExifTurns_whenItsLabelIsNotTurned_thenTheSizesDisagree() throws RejectedFrameException {
        byte[] onItsSide = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0};
        ImageCodec images = ImageCodec.standard();
        byte[] image = SampleFrames.withChunk("eXIf", onItsSide, images.encodePng(images.decode(SampleFrames.jpeg(1))));

        RejectedFrameException refused = catchThrowableOfType(
                RejectedFrameException.class,
                () -> decoder.decode(
                        ticket(SampleFrames.value(SampleFrames.sound("f").setImage(ByteString.copyFrom(image))))));

        assertThat(refused.reason().name()).isEqualTo("LABEL_SIZE_MISMATCH");
        assertThat(refused).hasMessageContaining("turned upright by its EXIF orientation, a label never is");
    }

    static Stream<Arguments> poison() {
        return SampleFrames.poison().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("poison")
    void givenAPoisonousFrame_whenDecoded_thenItIsRefusedByName(String name, byte[] value) {
        RejectedFrameException refused =
                catchThrowableOfType(RejectedFrameException.class, () -> decoder.decode(ticket(value)));

        assertThat(refused.reason().name()).isEqualTo(name.split(" ")[0]);
        assertThat(refused).hasMessageEndingWith(".");
    }

    @Test
    void givenARecordWithoutValue_whenDecoded_thenItIsMalformed() {
        RejectedFrameException refused =
                catchThrowableOfType(RejectedFrameException.class, () -> decoder.decode(ticket(null)));

        assertThat(refused.reason().name()).isEqualTo("MALFORMED_MESSAGE");
    }
}
