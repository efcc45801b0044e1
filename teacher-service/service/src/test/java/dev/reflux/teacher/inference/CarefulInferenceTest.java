package dev.reflux.teacher.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.teacher.SampleFrames;
import dev.reflux.teacher.ingest.DecodedBatch;
import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CarefulInferenceTest {

    private static final ImageSize VIEW = new ImageSize(SampleFrames.WIDTH, SampleFrames.HEIGHT);
    private static final RgbImage POISON = SampleFrames.image(99);

    private TorchRuntime runtime;
    private final List<Integer> calls = new ArrayList<>();
    private boolean broken;

    @BeforeEach
    void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
    }

    @AfterEach
    void stop() {
        runtime.close();
    }

    /** A network that cannot stand one image, and none at all once it is broken. */
    private NetworkOutput forward(List<RgbImage> images) {
        calls.add(images.size());
        if (broken || images.contains(POISON)) {
            throw new IllegalArgumentException("device assert\n  at kernel");
        }
        NDManager scope = runtime.manager().newSubManager();
        return new NetworkOutput(
                scope, scope.ones(new Shape(images.size(), 2, 1, 1)), scope.ones(new Shape(images.size(), 3, 1, 1)));
    }

    private static DecodedBatch batch(RgbImage... images) {
        List<DecodedFrame> frames = IntStream.range(0, images.length)
                .mapToObj(i -> new DecodedFrame(
                        new Ticket(new ConsumerRecord<>("t", 0, i, new byte[0], new byte[0]), 1, () -> {}),
                        SampleFrames.sound("f" + i).build(),
                        images[i]))
                .toList();
        return new DecodedBatch(frames, List.of());
    }

    @Test
    void givenASoundBatch_whenInferred_thenItGoesThroughTogether() {
        InferredBatch result =
                new CarefulInference(this::forward, VIEW).infer(batch(SampleFrames.image(1), SampleFrames.image(2)));

        assertThat(calls).containsExactly(2);
        assertThat(result.parts()).hasSize(1);
        assertThat(result.rejected()).isEmpty();
        result.parts().forEach(part -> part.output().close());
    }

    @Test
    void givenOnePoisonousFrame_whenInferred_thenItAloneIsRefused() {
        InferredBatch result = new CarefulInference(this::forward, VIEW)
                .infer(batch(SampleFrames.image(1), POISON, SampleFrames.image(3)));

        assertThat(calls).containsExactly(3, 1, 1, 1, 1);
        assertThat(result.size()).isEqualTo(3);
        assertThat(result.parts())
                .extracting(part -> part.frames().get(0).ticket().record().offset())
                .containsExactly(0L, 2L);
        assertThat(result.rejected()).singleElement().satisfies(rejected -> {
            assertThat(rejected.reason()).isEqualTo(Rejection.INFERENCE_FAILED);
            assertThat(rejected.ticket().record().offset()).isEqualTo(1);
            assertThat(rejected.sentence()).contains("device assert").doesNotContain("kernel");
        });
        result.parts().forEach(part -> part.output().close());
    }

    @Test
    void givenABrokenNetwork_whenInferred_thenNoFrameIsBlamed() {
        broken = true;

        assertThatThrownBy(() -> new CarefulInference(this::forward, VIEW)
                        .infer(batch(SampleFrames.image(1), SampleFrames.image(2))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("fails on any image");
    }

    @Test
    void givenABatchWithoutAnySoundFrame_whenInferred_thenTheNetworkIsNotAsked() {
        InferredBatch result = new CarefulInference(this::forward, VIEW).infer(batch());

        assertThat(calls).isEmpty();
        assertThat(result.parts()).isEmpty();
    }
}
