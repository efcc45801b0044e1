package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSizeTest {

    @ParameterizedTest
    @CsvSource({"3, 2, 4, 2, 3, 2", "4, 2, 2, 4, 4, 2", "5, 2, 3, 3, 3, 3"})
    void givenASize_whenItMayGoUpToAnother_thenItIsTheOneWithFewerPixelsAndItselfWhereBothHaveAsMany(
            int width, int height, int mostWidth, int mostHeight, int thenWidth, int thenHeight) {
        ImageSize size = new ImageSize(width, height);

        ImageSize seen = size.upTo(new ImageSize(mostWidth, mostHeight));

        assertThat(seen).isEqualTo(new ImageSize(thenWidth, thenHeight));
    }
}
