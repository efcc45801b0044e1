package dev.reflux.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BalancedReplayTest {

    private final CheckpointedRandom random = new CheckpointedRandom(1);

    @Test
    void givenALongDayAndAShortDusk_whenFull_thenEachHoldsHalf() {
        BalancedReplay replay = new BalancedReplay(20);
        offer(replay, "day", 0, 300);

        offer(replay, "dusk", 300, 330);

        assertThat(byDomain(replay)).isEqualTo(Map.of("day", 10L, "dusk", 10L));
        assertThat(replay.seen()).isEqualTo(330);
    }

    @Test
    void givenADomainSmallerThanItsShare_whenFull_thenAllOfItIsKept() {
        BalancedReplay replay = new BalancedReplay(21);
        offer(replay, "rain", 0, 3);

        offer(replay, "day", 3, 100);
        offer(replay, "night", 100, 200);

        assertThat(byDomain(replay)).isEqualTo(Map.of("rain", 3L, "day", 9L, "night", 9L));
    }

    /** Of 1000 streams of 40 frames whose buffer holds 10, every place is held in a quarter. */
    @Test
    void givenManyStreamsOfOneDomain_whenFull_thenEveryPlaceIsKeptAsOften() {
        int[] held = new int[40];

        for (int stream = 0; stream < 1000; stream++) {
            BalancedReplay replay = new BalancedReplay(10);
            offer(replay, "day", 40 * stream, 40 * (stream + 1));
            for (TrainingSample sample : replay.samples()) {
                held[(int) sample.reference().offset() % 40]++;
            }
        }

        // Four standard deviations of a binomial of 1000 and 1/4.
        for (int count : held) {
            assertThat((double) count).isCloseTo(250, within(4 * 13.7));
        }
    }

    @Test
    void givenABufferReadAgain_whenTheStreamGoesOn_thenBothHoldTheSame() {
        BalancedReplay one = new BalancedReplay(15);
        offer(one, "day", 0, 60);
        offer(one, "dusk", 60, 70);
        BalancedReplay other = new BalancedReplay(15);

        other.restore(one.samples(), one.seen());
        offer(one, "night", 70, 120);
        offer(other, "night", 70, 120);

        assertThat(other.samples())
                .extracting(TrainingSample::frameId)
                .hasSize(15)
                .containsExactlyElementsOf(
                        one.samples().stream().map(TrainingSample::frameId).toList());
        assertThat(other.seen()).isEqualTo(120);
    }

    @Test
    void givenASmallerCapacityThanBefore_whenRestored_thenNoMoreIsHeld() {
        BalancedReplay large = new BalancedReplay(30);
        offer(large, "day", 0, 100);
        offer(large, "dusk", 100, 110);
        BalancedReplay small = new BalancedReplay(8);

        small.restore(large.samples(), large.seen());

        assertThat(byDomain(small)).isEqualTo(Map.of("day", 4L, "dusk", 4L));
        assertThat(new BalancedReplay(0).draw(4, random)).isEmpty();
    }

    private void offer(BalancedReplay replay, String domain, int from, int to) {
        for (int i = from; i < to; i++) {
            replay.offer(sample(domain, i), random);
        }
    }

    private static Map<String, Long> byDomain(BalancedReplay replay) {
        return replay.samples().stream().collect(Collectors.groupingBy(TrainingSample::domain, Collectors.counting()));
    }

    private static TrainingSample sample(String domain, int place) {
        LogitMap none = new LogitMap(new TensorShape(2, 1, 1), new float[2]);
        return new TrainingSample(
                new SampleReference(0, place),
                "frame-" + place,
                "camera",
                place,
                domain,
                new RgbImage(1, 1, new byte[3]),
                new LabelMap(1, 1, new byte[1]),
                none,
                none,
                new ImageSize(1, 1));
    }
}
