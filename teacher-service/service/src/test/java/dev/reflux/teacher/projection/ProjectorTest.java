package dev.reflux.teacher.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.ModelCard;
import dev.reflux.teacher.SampleFrames;
import dev.reflux.teacher.inference.InferredBatch;
import dev.reflux.teacher.inference.TeacherNetwork;
import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHead;
import dev.reflux.torch.model.ProjectionHeadFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The tensors of a sample, on a tiny teacher. */
class ProjectorTest {

    private static final Path CARD = Path.of("../../models/fixtures/tiny-teacher.json");
    private static final ImageSize VIEW = new ImageSize(SampleFrames.WIDTH, SampleFrames.HEIGHT);

    @Test
    void givenATemperature_whenProjected_thenTheFinalLogitsAreDividedByItAndTheProjectedOnesAreNot() {
        try (TorchRuntime runtime = TorchRuntime.start(new TorchOptions(1, "cpu"))) {
            runtime.useThisThread();
            ProjectedFrame plain = project(runtime, 1);

            ProjectedFrame calibrated = project(runtime, 2.5);

            float[] logits = plain.logits().values();
            for (int i = 0; i < logits.length; i++) {
                assertThat(calibrated.logits().values()[i]).isCloseTo(logits[i] / 2.5f, within(1e-5f));
            }
            assertThat(calibrated.projected().values())
                    .isEqualTo(plain.projected().values());
        }
    }

    private static ProjectedFrame project(TorchRuntime runtime, double temperature) {
        ModelCard card = ModelCard.read(CARD);
        int classes = card.labelSchema().classCount();
        ProjectionHeadFile head = ProjectionHeadFile.of(
                card.name(),
                card.labelSchema().id(),
                new float[classes * card.featuresChannels()],
                new float[classes],
                false,
                temperature,
                Map.of());
        var message = SampleFrames.sound("frame").build();
        var record = new ConsumerRecord<>("frames.labeled", 0, 0, new byte[0], message.toByteArray());
        var frame = new DecodedFrame(new Ticket(record, 0, () -> {}), message, SampleFrames.image(1));
        try (TeacherNetwork network = TeacherNetwork.load(runtime, card.modelFile(CARD), card, VIEW);
                Projector projector = new Projector(runtime, ProjectionHead.load(runtime, head), VIEW, 8)) {
            var part = new InferredBatch.Part(List.of(frame), network.forward(List.of(frame.image())));
            return projector
                    .project(new InferredBatch(List.of(part), List.of()))
                    .frames()
                    .get(0);
        }
    }
}
