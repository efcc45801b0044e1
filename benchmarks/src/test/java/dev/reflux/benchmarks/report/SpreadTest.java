package dev.reflux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void givenValues_whenSpread_thenMedianAndEndsAreTheirs() {
        Spread odd = Spread.of(List.of(9.0, 1.0, 4.0));
        Spread even = Spread.of(List.of(9.0, 1.0, 4.0, 5.0));

        assertThat(odd).isEqualTo(new Spread(4, 1, 9, 3));
        assertThat(even).isEqualTo(new Spread(4.5, 1, 9, 4));
    }

    @Test
    void givenPairs_whenTheirRatiosAreTaken_thenEachIsOfItsOwnRound() {
        Spread ratios = Spread.ofRatios(List.of(10.0, 40.0, 6.0), List.of(2.0, 4.0, 3.0));

        assertThat(ratios).isEqualTo(new Spread(5, 2, 10, 3));
    }

    @Test
    void givenNothing_whenSpread_thenItIsRefused() {
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Spread.ofRatios(List.of(1.0), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givenSizes_whenPrinted_thenThreeDigitsCount() {
        Spread spread = new Spread(12.345, 0.01234, 1234.5, 3);

        assertThat(spread.toString()).isEqualTo("12.3 (0.012-1235)");
    }
}
