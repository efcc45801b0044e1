package dev.reflux.trainer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DuplicateFilterTest {

    @Test
    void givenFramesThatComeTwice_whenAsked_thenOnlyTheFirstSightCounts() {
        DuplicateFilter filter = new DuplicateFilter(1000);
        IntStream.range(0, 1000)
                .forEach(i -> assertThat(filter.firstSight("frame-" + i)).isTrue());

        long again = IntStream.range(0, 1000)
                .filter(i -> filter.firstSight("frame-" + i))
                .count();

        assertThat(again).isZero();
    }

    @Test
    void givenAFullFilter_whenMoreCome_thenTheOldestIsForgottenFirstAndTheBoundHolds() {
        DuplicateFilter filter = new DuplicateFilter(3);
        IntStream.range(0, 3).forEach(i -> filter.firstSight("frame-" + i));

        filter.firstSight("frame-3");

        assertThat(filter.state()).hasSize(3);
        assertThat(filter.firstSight("frame-1")).isFalse();
        assertThat(filter.firstSight("frame-0")).as("forgotten").isTrue();
    }

    @Test
    void givenAFiltersState_whenRestored_thenTheSameFramesAreKnownInTheSameOrder() {
        DuplicateFilter filter = new DuplicateFilter(5);
        IntStream.range(0, 8).forEach(i -> filter.firstSight("frame-" + i));
        DuplicateFilter other = new DuplicateFilter(5);
        other.firstSight("something else");

        other.restore(filter.state());

        assertThat(other.state()).isEqualTo(filter.state());
        IntStream.range(3, 8)
                .forEach(i -> assertThat(other.firstSight("frame-" + i)).isFalse());
        assertThat(other.firstSight("something else")).isTrue();
    }

    @Test
    void givenTheStateOfALargerFilter_whenRestored_thenTheNewestAreKnownAndTheBoundHolds() {
        DuplicateFilter large = new DuplicateFilter(10);
        IntStream.range(0, 10).forEach(i -> large.firstSight("frame-" + i));
        DuplicateFilter small = new DuplicateFilter(4);

        small.restore(large.state());

        assertThat(small.state()).isEqualTo(large.state().subList(6, 10));
        assertThat(small.firstSight("frame-6")).isFalse();
        assertThat(small.firstSight("frame-5")).isTrue();
    }

    @Test
    void givenNoRoom_whenMade_thenItIsRefused() {
        assertThatThrownBy(() -> new DuplicateFilter(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
