package dev.reflux.teacher.suspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetMarkTest {

    @Test
    void givenMarks_whenWrittenAndRead_thenTheyAreTheSame() {
        assertThat(OffsetMark.LEFT.metadata()).isEmpty();
        assertThat(OffsetMark.OPEN.metadata()).isEqualTo("open");
        assertThat(OffsetMark.alone(2).metadata()).isEqualTo("alone 2");

        assertThat(OffsetMark.read("")).isEqualTo(OffsetMark.LEFT);
        assertThat(OffsetMark.read("open")).isEqualTo(OffsetMark.OPEN);
        assertThat(OffsetMark.read("alone 2")).isEqualTo(OffsetMark.alone(2));
    }

    /** Another program may commit offsets of the group, with what it likes. */
    @ParameterizedTest
    @ValueSource(strings = {"alone", "alone 0", "alone -1", "alone 99999999999", "opened", "alone 1 ", "x"})
    void givenMetadataThatIsNoMark_whenRead_thenThePartitionCountsAsLeftInGoodOrder(String metadata) {
        assertThat(OffsetMark.read(metadata)).isEqualTo(OffsetMark.LEFT);
    }
}
