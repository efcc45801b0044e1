package dev.reflux.lab.grid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.tensor.TensorShape;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class AreaMeanTest {

    @Test
    void givenAMapOfTwoClasses_whenSeenOnACoarserGrid_thenACellIsTheMeanOfWhatItCoversEvenInPart() {
        TensorShape shape = new TensorShape(2, 2, 3);
        FloatBuffer map = FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60});

        double left = AreaMean.of(map, shape, 0, 0, 0, 1, 2);
        double right = AreaMean.of(map, shape, 1, 0, 1, 1, 2);

        assertThat(left).isEqualTo((1 + 2 + 4 + 5) / 4.0);
        assertThat(right).isEqualTo((20 + 30 + 50 + 60) / 4.0);
    }
}
