package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {

    /** Against the definition: the first begun offset that is not finished, or one past the last. */
    @Property
    void givenAnyOrder_whenRecordsFinish_thenOnlyTheContiguousPrefixCounts(
            @ForAll @IntRange(min = 1, max = 40) int records, @ForAll long seed) {
        Random random = new Random(seed);
        OffsetTracker tracker = new OffsetTracker();
        List<Long> begun = new ArrayList<>();
        long offset = random.nextInt(100);
        for (int i = 0; i < records; i++) {
            // Transactions leave holes in a partition's offsets.
            offset += 1 + random.nextInt(3);
            begun.add(offset);
            tracker.begin(offset);
        }
        List<Long> order = new ArrayList<>(begun);
        Collections.shuffle(order, random);
        Set<Long> finished = new HashSet<>();
        long taken = -1;

        for (long one : order) {
            tracker.finish(one);
            finished.add(one);

            long expected = -1;
            for (long candidate : begun) {
                if (!finished.contains(candidate)) {
                    break;
                }
                expected = candidate + 1;
            }
            taken = Math.max(taken, tracker.takeCommit().orElse(-1));
            assertThat(taken).isEqualTo(expected);
        }
        assertThat(tracker.idle()).isTrue();
        assertThat(tracker.takeCommit()).isEmpty();
    }

    @Test
    void givenAFinishedRecord_whenFinishedAgain_thenItIsAnError() {
        OffsetTracker tracker = new OffsetTracker();
        tracker.begin(3);
        tracker.finish(3);

        assertThatThrownBy(() -> tracker.finish(3)).isInstanceOf(IllegalStateException.class);
    }
}
