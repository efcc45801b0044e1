package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProtocolTest {

    private static final Supplier<List<TestFrame>> NO_TEST = List::of;
    private static final Supplier<List<TestFrame>> FORBIDDEN = () -> {
        throw new AssertionError("the test split was read");
    };

    @Test
    void givenThreeSequences_whenStreamed_thenEachIsALegInOrder() {
        StreamPlan plan = Protocol.STREAM.plan(threeSequences(), NO_TEST);

        assertThat(plan.legs())
                .extracting(leg ->
                        leg.name() + " " + leg.domain() + " " + leg.frames().size())
                .containsExactly("a day 5", "b day 9", "c dusk 4");
        assertThat(ids(plan)).containsExactlyElementsOf(range(0, 18));
        assertThat(plan.windows(4)).isEqualTo(2 + 3 + 1);
    }

    @Test
    void givenThreeSequences_whenCyclic_thenTheLongestOnesSecondHalfComesLast() {
        StreamPlan plan = Protocol.CYCLIC.plan(threeSequences(), NO_TEST);

        assertThat(plan.legs())
                .extracting(leg -> leg.name() + " " + leg.frames().size())
                .containsExactly("a 5", "b 4", "c 4", "b again 5");
        assertThat(plan.all()).hasSize(18).doesNotHaveDuplicates();
    }

    @Test
    void givenALongStream_whenHeldOutByBlocks_thenNoHeldOutFrameHasAStreamedNeighbourWithinTheGuard() {
        List<Protocol.Shot> train = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            train.add(shot(i, "a", "day"));
        }

        StreamPlan plan = Protocol.VALIDATION.plan(train, FORBIDDEN);

        Set<Integer> streamed = ids(plan).stream().collect(Collectors.toSet());
        assertThat(plan.tests()).hasSize(18);
        assertThat(streamed).hasSize(90 - 18 - 2 * 3 - 2 * 2);
        for (int block = 0; block < 3; block++) {
            for (int heldOut = 30 * block + 24; heldOut < 30 * block + 30; heldOut++) {
                for (int near = heldOut - 2; near <= heldOut + 2; near++) {
                    assertThat(streamed).doesNotContain(near);
                }
            }
        }
        assertThat(streamed).contains(0, 1, 21, 32);
    }

    @Test
    void givenAWordThatIsNone_whenAskedFor_thenTheProtocolsAreNamed() {
        assertThat(Protocol.of("cyclic")).isEqualTo(Protocol.CYCLIC);
        assertThatThrownBy(() -> Protocol.of("circular"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("circular")
                .hasMessageContaining("validation");
    }

    private static List<Protocol.Shot> threeSequences() {
        List<Protocol.Shot> train = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            train.add(shot(i, i < 5 ? "a" : i < 14 ? "b" : "c", i < 14 ? "day" : "dusk"));
        }
        return train;
    }

    private static List<Integer> ids(StreamPlan plan) {
        return plan.all().stream()
                .map(sample -> Integer.parseInt(sample.frameId()))
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        List<Integer> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(i);
        }
        return all;
    }

    private static Protocol.Shot shot(int place, String sequence, String domain) {
        LogitMap map = new LogitMap(new TensorShape(2, 1, 1), new float[2]);
        return new Protocol.Shot(
                sequence,
                domain,
                new TrainingSample(
                        new SampleReference(0, place),
                        String.valueOf(place),
                        "camera",
                        place,
                        sequence,
                        new RgbImage(1, 1, new byte[3]),
                        new LabelMap(1, 1, new byte[1]),
                        map,
                        map,
                        new ImageSize(1, 1)),
                1);
    }
}
