package dev.reflux.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplayBufferTest {

    private static final TrainingSample LIKE = Samples.decoded(0);

    static Stream<IntFunction<ReplayBuffer>> buffers() {
        return Stream.of(ReservoirReplay::new, FifoReplay::new);
    }

    private static TrainingSample sample(int i) {
        LogitMap none = new LogitMap(new TensorShape(1, 1, 1), new float[1]);
        return new TrainingSample(
                new SampleReference(0, i),
                "frame-" + i,
                "camera",
                i,
                "drive",
                LIKE.image(),
                LIKE.label(),
                none,
                none,
                LIKE.view());
    }

    private static long offset(TrainingSample sample) {
        return sample.reference().offset();
    }

    /**
     * Vitter's theorem: after n samples each one is held with probability k/n. Over r independent streams the count of
     * each is binomial; the sum of squared standard scores has mean n and, because k are held in each, variance near
     * 2n. Six standard deviations, and a largest score that 100 draws do not reach.
     */
    @Test
    void givenManyStreams_whenSampledByAReservoir_thenEverySampleIsHeldWithTheSameProbability() {
        int n = 100;
        int k = 20;
        int streams = 4000;
        long[] held = new long[n];
        CheckpointedRandom random = new CheckpointedRandom(42);
        List<TrainingSample> all =
                IntStream.range(0, n).mapToObj(ReplayBufferTest::sample).toList();

        for (int stream = 0; stream < streams; stream++) {
            ReservoirReplay buffer = new ReservoirReplay(k);
            all.forEach(one -> buffer.offer(one, random));
            assertThat(buffer.samples()).hasSize(k).doesNotHaveDuplicates();
            buffer.samples().forEach(one -> held[(int) offset(one)]++);
        }

        double p = (double) k / n;
        double[] scores = IntStream.range(0, n)
                .mapToDouble(i -> (held[i] - streams * p) / Math.sqrt(streams * p * (1 - p)))
                .toArray();
        double squares =
                IntStream.range(0, n).mapToDouble(i -> scores[i] * scores[i]).sum();
        assertThat(squares).isBetween(n - 6 * Math.sqrt(2.0 * n), n + 6 * Math.sqrt(2.0 * n));
        assertThat(DoubleStream.of(scores).boxed())
                .allSatisfy(score -> assertThat(Math.abs(score)).isLessThan(4.5));
    }

    @Test
    void givenAStream_whenKeptFirstInFirstOut_thenTheNewestAreHeldInTheirOrder() {
        FifoReplay buffer = new FifoReplay(3);
        CheckpointedRandom random = new CheckpointedRandom(1);

        IntStream.range(0, 10).forEach(i -> buffer.offer(sample(i), random));

        assertThat(buffer.samples()).extracting(ReplayBufferTest::offset).containsExactly(7L, 8L, 9L);
        assertThat(buffer.seen()).isEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void givenABuffersState_whenRestored_thenItGoesOnAsIfNothingHadHappened(IntFunction<ReplayBuffer> made) {
        ReplayBuffer first = made.apply(8);
        CheckpointedRandom random = new CheckpointedRandom(7);
        IntStream.range(0, 50).forEach(i -> first.offer(sample(i), random));
        ReplayBuffer second = made.apply(8);
        second.offer(sample(1000), random);
        CheckpointedRandom other = new CheckpointedRandom(0);
        other.restore(random.state());

        second.restore(List.copyOf(first.samples()), first.seen());

        assertThat(second.samples()).isEqualTo(first.samples());
        IntStream.range(50, 120).forEach(i -> {
            first.offer(sample(i), random);
            second.offer(sample(i), other);
        });
        assertThat(second.samples())
                .extracting(ReplayBufferTest::offset)
                .isEqualTo(
                        first.samples().stream().map(ReplayBufferTest::offset).toList());
        assertThat(second.draw(20, other))
                .extracting(ReplayBufferTest::offset)
                .isEqualTo(first.draw(20, random).stream()
                        .map(ReplayBufferTest::offset)
                        .toList());
        assertThat(second.seen()).isEqualTo(first.seen());
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void givenTheStateOfALargerBuffer_whenRestored_thenNoMoreIsHeldThanFits(IntFunction<ReplayBuffer> made) {
        ReplayBuffer large = made.apply(8);
        CheckpointedRandom random = new CheckpointedRandom(7);
        IntStream.range(0, 8).forEach(i -> large.offer(sample(i), random));
        ReplayBuffer small = made.apply(3);

        small.restore(List.copyOf(large.samples()), large.seen());

        assertThat(small.samples()).hasSize(3);
        small.offer(sample(9), random);
        assertThat(small.samples()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void givenNoCapacity_whenOffered_thenNothingIsHeldOrDrawn(IntFunction<ReplayBuffer> made) {
        ReplayBuffer none = made.apply(0);
        CheckpointedRandom random = new CheckpointedRandom(7);

        none.offer(sample(1), random);

        assertThat(none.samples()).isEmpty();
        assertThat(none.draw(4, random)).isEmpty();
        assertThat(none.seen()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void givenAFullBuffer_whenManyAreDrawn_thenEachIsDrawnAboutAsOften(IntFunction<ReplayBuffer> made) {
        ReplayBuffer buffer = made.apply(10);
        CheckpointedRandom random = new CheckpointedRandom(3);
        IntStream.range(0, 10).forEach(i -> buffer.offer(sample(i), random));

        List<TrainingSample> drawn = buffer.draw(10_000, random);

        long[] counts = new long[10];
        drawn.forEach(one -> counts[(int) offset(one)]++);
        // 1000 expected of each, with a standard deviation of 30.
        assertThat(LongStream.of(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(850L, 1150L));
    }
}
