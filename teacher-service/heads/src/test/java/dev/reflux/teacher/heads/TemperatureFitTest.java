package dev.reflux.teacher.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemperatureFitTest {

    private static final int CLASSES = 5;

    /** Logits whose softmax at a temperature says how often each class is the label. */
    private static CalibrationCells cells(double temperature, int count) {
        Random random = new Random(11);
        CalibrationCells cells = new CalibrationCells(CLASSES, count);
        for (int i = 0; i < count; i++) {
            float[] z = new float[CLASSES];
            double[] p = new double[CLASSES];
            double sum = 0;
            for (int c = 0; c < CLASSES; c++) {
                z[c] = (float) (3 * random.nextGaussian());
                p[c] = Math.exp(z[c] / temperature);
                sum += p[c];
            }
            double left = random.nextDouble() * sum;
            int id = 0;
            while (id < CLASSES - 1 && left >= p[id]) {
                left -= p[id++];
            }
            cells.offer(FloatBuffer.wrap(z), 1, 0, id);
        }
        return cells;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2.5})
    void givenLabelsThatFollowATemperature_whenFitted_thenItIsFound(double temperature) {
        CalibrationCells cells = cells(temperature, 40_000);

        double fitted = TemperatureFit.of(cells);

        assertThat(fitted).isCloseTo(temperature, within(0.03 * temperature));
    }

    @Test
    void givenATeacherThatIsAlwaysRight_whenFitted_thenTheTemperatureIsAtItsBound() {
        CalibrationCells cells = new CalibrationCells(2, 10);
        for (int i = 0; i < 10; i++) {
            cells.offer(FloatBuffer.wrap(new float[] {i % 2, 1 - i % 2}), 1, 0, i % 2 == 0 ? 1 : 0);
        }

        double fitted = TemperatureFit.of(cells);

        assertThat(fitted).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void givenLogitsThatAreAllEqual_whenFitted_thenTheTemperatureStaysOne() {
        CalibrationCells cells = new CalibrationCells(3, 1);
        cells.offer(FloatBuffer.wrap(new float[] {2, 2, 2}), 1, 0, 1);

        double fitted = TemperatureFit.of(cells);

        assertThat(fitted).isEqualTo(1);
    }

    @Test
    void givenNoCell_whenFitted_thenTheTemperatureIsOne() {
        assertThat(TemperatureFit.of(new CalibrationCells(3, 0))).isEqualTo(1);
    }

    @Test
    void givenMoreCellsThanFit_whenOffered_thenThoseKeptAreSpreadEvenly() {
        CalibrationCells cells = new CalibrationCells(1, 2L * CalibrationCells.MOST);

        for (int i = 0; i < 2 * CalibrationCells.MOST; i++) {
            cells.offer(FloatBuffer.wrap(new float[] {i}), 1, 0, 0);
        }

        assertThat(cells.count()).isEqualTo(CalibrationCells.MOST);
        assertThat(cells.logit(7, 0)).isEqualTo(14);
    }
}
