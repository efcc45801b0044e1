package dev.reflux.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.ingest.ViewFit;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedReplayTest {

    private static final TrainingSample ONE = Samples.decoded(0);

    private static BoundedReplay replay(IntFunction<ReplayBuffer> policy, int capacity, long budget) {
        return new BoundedReplay("replay", policy, capacity, budget);
    }

    private static IntFunction<ReplayBuffer> policy(String name) {
        return switch (name) {
            case "fifo" -> FifoReplay::new;
            case "balanced" -> BalancedReplay::new;
            default -> ReservoirReplay::new;
        };
    }

    /** The frame of the pod that died: 2048x1024, looked at as 1024x512. */
    private static TrainingSample large() {
        int width = 2048;
        int height = 1024;
        byte[] rgb = new byte[3 * width * height];
        new Random(1).nextBytes(rgb);
        TrainingSample sound =
                Samples.decoded(1, Samples.sound(1).setViewWidth(1024).setViewHeight(512));
        return sound.withPicture(
                new RgbImage(width, height, rgb), new LabelMap(width, height, new byte[width * height]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reservoir", "balanced", "fifo"})
    void givenFewerBytesThanTheConfiguredSamplesTake_whenOffered_thenItHoldsAsManyAsFit(String policy) {
        BoundedReplay replay = replay(policy(policy), 250, 10 * ONE.bytes() + 1);

        IntStream.range(0, 60).forEach(i -> replay.offer(Samples.decoded(i), new Random(i)));

        assertThat(replay.samples()).hasSize(10);
        assertThat(replay.bytes()).isEqualTo(10 * ONE.bytes()).isLessThanOrEqualTo(replay.budget());
        assertThat(replay.seen()).isEqualTo(60);
    }

    @Test
    void givenASampleThatIsLargerThanTheOnesBefore_whenOffered_thenTheBytesStillFit() {
        BoundedReplay replay = replay(FifoReplay::new, 250, 10 * ONE.bytes());
        IntStream.range(0, 20).forEach(i -> replay.offer(Samples.decoded(i), new Random(i)));
        TrainingSample larger =
                Samples.decoded(30, Samples.sound(30).setLogits(Samples.tensor(Samples.label(30, 0), 40, 40)));

        replay.offer(larger, new Random(1));

        assertThat(replay.bytes()).isLessThanOrEqualTo(replay.budget());
        assertThat(replay.samples()).contains(larger);
    }

    @Test
    void givenAStateOfALargerHeap_whenRestored_thenAsManyAsFitAreHeld() {
        BoundedReplay replay = replay(FifoReplay::new, 250, 3 * ONE.bytes());

        replay.restore(IntStream.range(0, 9).mapToObj(Samples::decoded).toList(), 9);

        assertThat(replay.samples())
                .extracting(sample -> sample.reference().offset())
                .containsExactly(6L, 7L, 8L);
    }

    @Test
    void givenASampleThatDoesNotFitAtAll_whenOffered_thenOneSentenceSaysSo() {
        BoundedReplay replay = replay(ReservoirReplay::new, 250, ONE.bytes() - 1);

        assertThatThrownBy(() -> replay.offer(ONE, new Random(1)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("48x32")
                .hasMessageContaining("raise the memory limit");
    }

    /** Image and label at their own size took 8.4 MB a frame, and 250 of them 2.1 GB of a heap of 2 GiB. */
    @Test
    void givenALargeFrame_whenFitted_thenAQuarterOfItsBytesIsKeptAndAPodsHeapHoldsTheConfiguredReplay() {
        TrainingSample large = large();
        long tensors = large.bytes() - 4L * 2048 * 1024;

        TrainingSample fitted = new ViewFit(new HoldoutRule(0), Optional.empty()).apply(large);

        assertThat(fitted.bytes()).isEqualTo(4L * 1024 * 512 + tensors);
        assertThat(fitted.image().size()).isEqualTo(fitted.view());
        assertThat(250 * large.bytes()).isGreaterThan((long) (0.4 * (2L << 30)));
        assertThat(250 * fitted.bytes()).isLessThan((long) (0.4 * (2L << 30)));
    }

    @Test
    void givenAHeldOutFrame_whenFitted_thenItsLabelKeepsItsOwnSize() {
        TrainingSample fitted = new ViewFit(new HoldoutRule(0.999999), Optional.empty()).apply(large());

        assertThat(fitted.image().size()).isEqualTo(fitted.view());
        assertThat(fitted.label().width()).isEqualTo(2048);
    }

    @Test
    void givenAFrameOfTheViewsSize_whenFitted_thenItIsTheSame() {
        assertThat(new ViewFit(new HoldoutRule(0), Optional.empty()).apply(ONE)).isSameAs(ONE);
    }
}
