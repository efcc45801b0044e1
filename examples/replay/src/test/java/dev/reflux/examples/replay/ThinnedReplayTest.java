package dev.reflux.examples.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReplayProvider;
import dev.reflux.trainer.update.CheckpointedRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The policy is found by its name, and keeps what a replay buffer promises. */
class ThinnedReplayTest {

    private final CheckpointedRandom random = new CheckpointedRandom(1);

    private static TrainingSample sample(long offset) {
        LogitMap logits = new LogitMap(new TensorShape(1, 1, 1), new float[1]);
        return new TrainingSample(
                new SampleReference(0, offset),
                "frame-" + offset,
                "camera",
                offset,
                "drive",
                new RgbImage(1, 1, new byte[3]),
                new LabelMap(1, 1, new byte[1]),
                logits,
                logits,
                new ImageSize(16, 16));
    }

    private void offer(ReplayBuffer replay, int from, int to) {
        for (int i = from; i < to; i++) {
            replay.offer(sample(i), random);
        }
    }

    private static List<Long> offsets(ReplayBuffer replay) {
        return replay.samples().stream().map(one -> one.reference().offset()).toList();
    }

    @Test
    void givenMoreSamplesThanFit_whenOffered_thenTheNewestOfEveryThirdAreHeld() {
        ReplayBuffer replay = new ThinnedReplay(3, 3);

        offer(replay, 0, 17);

        assertThat(offsets(replay)).containsExactly(9L, 12L, 15L);
        assertThat(replay.seen()).isEqualTo(17);
    }

    @Test
    void givenTheStateOfABuffer_whenRestoredInAnother_thenItContinuesAsThatOne() {
        ReplayBuffer whole = new ThinnedReplay(3, 3);
        offer(whole, 0, 8);
        ReplayBuffer resumed = new ThinnedReplay(3, 3);

        resumed.restore(List.copyOf(whole.samples()), whole.seen());

        offer(whole, 8, 14);
        offer(resumed, 8, 14);
        assertThat(offsets(resumed)).isEqualTo(offsets(whole)).containsExactly(6L, 9L, 12L);
    }

    @Test
    void givenTheJarOnTheClassPath_whenAPolicyIsNamed_thenItIsFoundBesideTheBuiltInOnes() {
        ReplayBuffer found = NamedProviders.require(ReplayProvider.class, "thinned", "trainer.learning.replay")
                .create(2, new ProviderOptions("trainer.learning.replay-options", Map.of("every", "5")));

        offer(found, 0, 11);
        assertThat(offsets(found)).containsExactly(5L, 10L);
        assertThat(NamedProviders.names(ReplayProvider.class))
                .containsExactly("balanced", "fifo", "reservoir", "thinned");
    }
}
