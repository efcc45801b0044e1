package dev.reflux.quickstart.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaughtPixelsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0.0625; Labels taught 6 % of the pixels, the teacher 94 %.",
                "1; Labels taught 100 % of the pixels, the teacher 0 %.",
                "0; Labels taught 0 % of the pixels, the teacher 100 %.",
                "0.9995; Labels taught 99.9 % of the pixels, the teacher 0.1 %.",
                "0.996; Labels taught 99.6 % of the pixels, the teacher 0.4 %.",
                "0.0001; Labels taught 0.1 % of the pixels, the teacher 99.9 %.",
                "NaN; Nothing was taught."
            })
    void givenThePartThatLabelsTaught_whenPutInWords_thenBothPartsAddUpAndNoneIsRoundedAway(
            double byLabels, String sentence) {
        TaughtPixels taught = new TaughtPixels(byLabels);

        String said = taught.sentence();

        assertThat(said).isEqualTo(sentence);
    }
}
