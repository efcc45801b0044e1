package dev.reflux.trainer.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.trainer.ingest.DuplicateFilter.Sight;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicateFilterTest {

    @Test
    void givenAFrameWithoutEffect_whenForgotten_thenItMayComeAgainAndTheOthersMayNot() {
        DuplicateFilter filter = new DuplicateFilter(3);
        see(filter, 1);
        see(filter, 2);

        filter.forget(Sight.FRAME, 2, 2);

        assertThat(filter.state()).containsExactly(1L);
        assertThat(see(filter, 2)).isEqualTo(Sight.FRAME);
        assertThat(see(filter, 1)).isEqualTo(Sight.DUPLICATE);
    }

    @Test
    void givenFramesThatComeTwice_whenAsked_thenOnlyTheFirstSightCounts() {
        DuplicateFilter filter = new DuplicateFilter(1000);
        IntStream.range(0, 1000).forEach(i -> assertThat(see(filter, i)).isEqualTo(Sight.FRAME));

        long again = IntStream.range(0, 1000)
                .filter(i -> see(filter, i) == Sight.FRAME)
                .count();

        assertThat(again).isZero();
    }

    @Test
    void givenAFullFilter_whenMoreCome_thenTheOldestIsForgottenFirstAndTheBoundHolds() {
        DuplicateFilter filter = new DuplicateFilter(3);
        IntStream.range(0, 3).forEach(i -> see(filter, i));

        see(filter, 3);

        assertThat(filter.state()).hasSize(3);
        assertThat(see(filter, 1)).isEqualTo(Sight.DUPLICATE);
        assertThat(see(filter, 0)).as("forgotten").isEqualTo(Sight.FRAME);
    }

    @Test
    void givenAFiltersState_whenRestored_thenTheSameFramesAreKnownInTheSameOrder() {
        DuplicateFilter filter = new DuplicateFilter(5);
        IntStream.range(0, 8).forEach(i -> see(filter, i));
        DuplicateFilter other = new DuplicateFilter(5);
        see(other, -1);

        other.restore(filter.state());

        assertThat(other.state()).isEqualTo(filter.state());
        IntStream.range(3, 8).forEach(i -> assertThat(see(other, i)).isEqualTo(Sight.DUPLICATE));
        assertThat(see(other, -1)).isEqualTo(Sight.FRAME);
    }

    @Test
    void givenTheStateOfALargerFilter_whenRestored_thenTheNewestAreKnownAndTheBoundHolds() {
        DuplicateFilter large = new DuplicateFilter(10);
        IntStream.range(0, 10).forEach(i -> see(large, i));
        DuplicateFilter small = new DuplicateFilter(4);

        small.restore(large.state());

        assertThat(small.state()).isEqualTo(large.state().subList(6, 10));
        assertThat(see(small, 6)).isEqualTo(Sight.DUPLICATE);
        assertThat(see(small, 5)).isEqualTo(Sight.FRAME);
    }

    @ParameterizedTest
    @CsvSource({
        "frame-1, image, label, DUPLICATE",
        "frame-1, image, '', DUPLICATE",
        "frame-1, image, other, LABEL",
        "frame-2, image, label, FRAME",
        "frame-1, other, label, FRAME",
        "frame-1, imagel, abel, FRAME",
        "frame-1i, mage, label, FRAME"
    })
    void givenALabeledFrame_whenIdImageOrLabelDiffer_thenItIsAnotherFrameOrAnotherLabel(
            String id, String image, String label, Sight sight) {
        DuplicateFilter filter = new DuplicateFilter(5);
        see(filter, "frame-1", "image", "label");

        Sight seen = see(filter, id, image, label);

        assertThat(seen).isEqualTo(sight);
    }

    @Test
    void givenAFrameWithoutALabel_whenItsLabelComesTwice_thenItIsALabelOnce() {
        DuplicateFilter filter = new DuplicateFilter(5);
        see(filter, "frame-1", "image", "");

        Sight label = see(filter, "frame-1", "image", "label");

        assertThat(label).isEqualTo(Sight.LABEL);
        assertThat(see(filter, "frame-1", "image", "label")).isEqualTo(Sight.DUPLICATE);
        assertThat(see(filter, "frame-1", "image", "")).isEqualTo(Sight.DUPLICATE);
    }

    @Test
    void givenALateLabelWithoutEffect_whenForgotten_thenItIsALabelAgainAndTheFrameStaysKnown() {
        DuplicateFilter filter = new DuplicateFilter(5);
        long frame = identity("frame-1", "image", "");
        long label = identity("frame-1", "image", "label");
        filter.see(frame, frame, null);
        Sight sight = filter.see(label, frame, null);

        filter.forget(sight, label, frame);

        assertThat(filter.see(label, frame, null)).isEqualTo(Sight.LABEL);
        assertThat(filter.see(frame, frame, null)).isEqualTo(Sight.DUPLICATE);
    }

    @Test
    void givenALabeledFrameWithoutEffect_whenForgotten_thenNothingOfItIsKnown() {
        DuplicateFilter filter = new DuplicateFilter(5);
        long frame = identity("frame-1", "image", "");
        long label = identity("frame-1", "image", "label");
        Sight sight = filter.see(label, frame, null);

        filter.forget(sight, label, frame);

        assertThat(filter.see(frame, frame, null)).isEqualTo(Sight.FRAME);
    }

    /** A frame without a label. */
    private static Sight see(DuplicateFilter filter, long frame) {
        return filter.see(frame, frame, null);
    }

    private static Sight see(DuplicateFilter filter, String id, String image, String label) {
        return filter.see(identity(id, image, label), identity(id, image, ""), null);
    }

    private static long identity(String id, String image, String label) {
        return DecodedSample.identity(id, image.getBytes(UTF_8), label.getBytes(UTF_8));
    }

    @Test
    void givenNoRoom_whenMade_thenItIsRefused() {
        assertThatThrownBy(() -> new DuplicateFilter(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
