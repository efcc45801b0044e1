package dev.reflux.trainer.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicateFilterTest {

    @Test
    void givenAFrameWithoutEffect_whenForgotten_thenItMayComeAgainAndTheOthersMayNot() {
        DuplicateFilter filter = new DuplicateFilter(3);
        filter.firstSight(1);
        filter.firstSight(2);

        filter.forget(2);

        assertThat(filter.state()).containsExactly(1L);
        assertThat(filter.firstSight(2)).isTrue();
        assertThat(filter.firstSight(1)).isFalse();
    }

    @Test
    void givenFramesThatComeTwice_whenAsked_thenOnlyTheFirstSightCounts() {
        DuplicateFilter filter = new DuplicateFilter(1000);
        IntStream.range(0, 1000).forEach(i -> assertThat(filter.firstSight(i)).isTrue());

        long again = IntStream.range(0, 1000).filter(i -> filter.firstSight(i)).count();

        assertThat(again).isZero();
    }

    @Test
    void givenAFullFilter_whenMoreCome_thenTheOldestIsForgottenFirstAndTheBoundHolds() {
        DuplicateFilter filter = new DuplicateFilter(3);
        IntStream.range(0, 3).forEach(i -> filter.firstSight(i));

        filter.firstSight(3);

        assertThat(filter.state()).hasSize(3);
        assertThat(filter.firstSight(1)).isFalse();
        assertThat(filter.firstSight(0)).as("forgotten").isTrue();
    }

    @Test
    void givenAFiltersState_whenRestored_thenTheSameFramesAreKnownInTheSameOrder() {
        DuplicateFilter filter = new DuplicateFilter(5);
        IntStream.range(0, 8).forEach(i -> filter.firstSight(i));
        DuplicateFilter other = new DuplicateFilter(5);
        other.firstSight(-1);

        other.restore(filter.state());

        assertThat(other.state()).isEqualTo(filter.state());
        IntStream.range(3, 8).forEach(i -> assertThat(other.firstSight(i)).isFalse());
        assertThat(other.firstSight(-1)).isTrue();
    }

    @Test
    void givenTheStateOfALargerFilter_whenRestored_thenTheNewestAreKnownAndTheBoundHolds() {
        DuplicateFilter large = new DuplicateFilter(10);
        IntStream.range(0, 10).forEach(i -> large.firstSight(i));
        DuplicateFilter small = new DuplicateFilter(4);

        small.restore(large.state());

        assertThat(small.state()).isEqualTo(large.state().subList(6, 10));
        assertThat(small.firstSight(6)).isFalse();
        assertThat(small.firstSight(5)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "frame-1, image, label, false",
        "frame-2, image, label, true",
        "frame-1, other, label, true",
        "frame-1, image, other, true",
        "frame-1, imagel, abel, true",
        "frame-1i, mage, label, true"
    })
    void givenAKnownFrame_whenIdImageOrLabelDiffer_thenItIsAnotherFrame(
            String id, String image, String label, boolean another) {
        DuplicateFilter filter = new DuplicateFilter(5);
        filter.firstSight(DecodedSample.identity("frame-1", "image".getBytes(UTF_8), "label".getBytes(UTF_8)));

        boolean first = filter.firstSight(DecodedSample.identity(id, image.getBytes(UTF_8), label.getBytes(UTF_8)));

        assertThat(first).isEqualTo(another);
    }

    @Test
    void givenNoRoom_whenMade_thenItIsRefused() {
        assertThatThrownBy(() -> new DuplicateFilter(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
