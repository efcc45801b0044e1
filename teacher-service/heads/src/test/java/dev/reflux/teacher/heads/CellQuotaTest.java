package dev.reflux.teacher.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CellQuotaTest {

    @Test
    void givenRoomForHalf_whenThinned_thenRareClassesAreWholeAndFrequentOnesShareTheRest() {
        CellQuota quota = CellQuota.of(new long[] {1000, 10, 400, 0}, 710);

        assertThat(quota.probability(1)).isEqualTo(1);
        assertThat(quota.probability(0)).isCloseTo(350.0 / 1000, within(1e-12));
        assertThat(quota.probability(2)).isCloseTo(350.0 / 400, within(1e-12));
        assertThat(quota.weight(0)).isEqualTo(1000f / 350);
        assertThat(quota.weight(1)).isEqualTo(1);
    }

    @Property
    void givenAnyCounts_whenThinned_thenTheMeanFillsTheRoomAndWeightsUndoIt(
            @ForAll @Size(min = 2, max = 20) List<@IntRange(max = 100_000) Integer> counts,
            @ForAll @IntRange(min = 1, max = 200_000) int room) {
        long[] all = counts.stream().mapToLong(i -> i).toArray();
        CellQuota quota = CellQuota.of(all, room);

        double kept = 0;
        for (int c = 0; c < all.length; c++) {
            assertThat(quota.probability(c)).isBetween(0.0, 1.0);
            assertThat(quota.probability(c) * quota.weight(c)).isCloseTo(1, within(1e-6));
            kept += all[c] * quota.probability(c);
        }
        assertThat(kept).isCloseTo(Math.min(room, Arrays.stream(all).sum()), within(1e-6 * (1 + room)));
    }

    @Property
    void givenAnySplit_whenPlanned_thenExactlySoManyFramesAreChosenInOrderAndOneInFiveIsHeldOut(
            @ForAll @IntRange(min = 1, max = 2000) int count, @ForAll @IntRange(min = 1, max = 300) int wanted) {
        FramePlan plan = new FramePlan(count, wanted);
        int next = 0;
        int held = 0;
        for (int i = 0; i < count; i++) {
            int place = plan.placeOf(i);
            if (place >= 0) {
                assertThat(place).isEqualTo(next++);
                held += plan.heldOut(place) ? 1 : 0;
            }
        }

        assertThat(next).isEqualTo(plan.chosen()).isEqualTo(Math.min(count, wanted));
        assertThat(held).isBetween(next < 10 ? 0 : next / 5 - 4, next / 5 + 4);
    }
}
