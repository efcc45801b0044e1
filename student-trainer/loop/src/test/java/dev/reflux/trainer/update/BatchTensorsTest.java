package dev.reflux.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.Flip;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchTensorsTest {

    private static TorchRuntime runtime;

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @BeforeEach
    void here() {
        runtime.useThisThread();
    }

    @Test
    void givenAGridThatDividesTheFrame_whenMirrored_thenLabelAndTensorsAreToo() {
        TrainingSample sample = Samples.decoded(1);

        BatchTensors mirrored = batch(sample, true);

        assertThat(mirrored.labels(32, 48).get(0).ids())
                .isEqualTo(Flip.of(sample.label()).ids())
                .isNotEqualTo(sample.label().ids());
        assertThat(projected(mirrored, 2, 3))
                .isEqualTo(Flip.of(sample.projected()).values());
    }

    /** Whether the teacher's cells exchange places depends on the size at which the teacher looked. */
    @Test
    void givenAStudentThatLooksAtAnotherSize_whenMirrored_thenTheTensorsAreToo() {
        TrainingSample sample = Samples.decoded(1).seenAt(new ImageSize(40, 24));

        BatchTensors mirrored = batch(sample, true);

        assertThat(projected(mirrored, 2, 3))
                .isEqualTo(Flip.of(sample.projected()).values());
    }

    @Test
    void givenAGridThatReachesBeyondTheFrame_whenMirrored_thenNothingIs() {
        // Two cells over 48 pixels: of stride 32 the second reaches 16 pixels beyond, and is no mirror of the first.
        TrainingSample sample = withProjected(Samples.decoded(1), new TensorShape(Samples.CLASSES, 1, 2));

        BatchTensors mirrored = batch(sample, true);

        assertThat(mirrored.labels(32, 48).get(0).ids())
                .isEqualTo(sample.label().ids());
        assertThat(projected(mirrored, 1, 2)).isEqualTo(sample.projected().values());
        try (NDManager to = runtime.manager().newSubManager()) {
            var input = ModelCard.read(Samples.STUDENT).input();
            assertThat(mirrored.images(to, input).toFloatArray())
                    .isEqualTo(batch(sample, false).images(to, input).toFloatArray());
        }
    }

    private static BatchTensors batch(TrainingSample sample, boolean flip) {
        return new BatchTensors(
                runtime, new BatchTensors.Memory(), List.of(sample), List.of(Augmentation.NONE.withFlip(flip)));
    }

    private static float[] projected(BatchTensors batch, int height, int width) {
        try (NDManager to = runtime.manager().newSubManager()) {
            return batch.projected(to, height, width).toFloatArray();
        }
    }

    private static TrainingSample withProjected(TrainingSample sample, TensorShape shape) {
        Random random = new Random(1);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return sample.withTensors(new LogitMap(shape, values), sample.logits());
    }
}
