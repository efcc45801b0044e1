package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GridWindowTest {

    // 4 x 3 cells of the projected logits, 8 x 6 of the final ones; a cell is 4 pixels of the view, 8 of the image.
    private static final ImageSize IMAGE = new ImageSize(32, 24);
    private static final ImageSize VIEW = new ImageSize(16, 12);
    private static final TensorShape PROJECTED = new TensorShape(2, 3, 4);
    private static final TensorShape LOGITS = new TensorShape(2, 6, 8);

    @Test
    void givenAWindow_whenCutOut_thenImageLabelAndBothTensorsShowTheSamePlace() {
        GridWindow window = new GridWindow(4, 3, 1, 1, 2, 2);

        TrainingSample cut = window.of(sample(IMAGE));

        assertThat(cut.view()).isEqualTo(new ImageSize(8, 8));
        assertThat(cut.image().size()).isEqualTo(new ImageSize(16, 16));
        assertThat(cut.projected().shape()).isEqualTo(new TensorShape(2, 2, 2));
        assertThat(cut.logits().shape()).isEqualTo(new TensorShape(2, 4, 4));
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                int place = place(x + 8, y + 8);
                assertThat(cut.label().at(x, y)).isEqualTo(place);
                assertThat(cut.image().rgb()[3 * (y * 16 + x) + 2]).isEqualTo((byte) (place + 2));
            }
        }
        // Class c of cell (column, row) is 1000 c + 10 row + column: by hand for the last class.
        assertThat(cut.projected().values()).containsExactly(11, 12, 21, 22, 1011, 1012, 1021, 1022);
        assertThat(IntStream.range(16, 24).mapToObj(i -> (int) cut.logits().values()[i]))
                .containsExactly(1022, 1023, 1024, 1025, 1032, 1033, 1034, 1035);
    }

    @Test
    void givenManyDraws_whenHalfOfEachSideIsAskedFor_thenWindowsHaveOneSizeAndLieEverywhere() {
        CheckpointedRandom random = new CheckpointedRandom(1);

        Set<GridWindow> drawn = IntStream.range(0, 500)
                .mapToObj(i -> GridWindow.random(sample(IMAGE), 0.5, random))
                .collect(Collectors.toSet());

        // 1.5 rows are two, and two of three rows and two of four columns have 2 x 3 places.
        assertThat(drawn).extracting(GridWindow::width).containsOnly(2);
        assertThat(drawn).extracting(GridWindow::height).containsOnly(2);
        assertThat(drawn).hasSize(6);
    }

    @Test
    void givenAFrameThatTheGridDoesNotDivide_whenCut_thenOneSentenceSaysSo() {
        TrainingSample odd = sample(new ImageSize(33, 24));

        assertThatThrownBy(() ->
                        GridWindow.random(odd, 0.5, new CheckpointedRandom(1)).of(odd))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("33 columns")
                .hasMessageContaining("--size");
    }

    private static int place(int x, int y) {
        return (5 * x + 3 * y) % 251;
    }

    private static TrainingSample sample(ImageSize image) {
        byte[] rgb = new byte[3 * image.width() * image.height()];
        byte[] ids = new byte[image.width() * image.height()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) place(i % image.width(), i / image.width());
            for (int channel = 0; channel < 3; channel++) {
                rgb[3 * i + channel] = (byte) (ids[i] + channel);
            }
        }
        return new TrainingSample(
                new SampleReference(0, 0),
                "frame",
                "camera",
                0,
                "day",
                new RgbImage(image.width(), image.height(), rgb),
                new LabelMap(image.width(), image.height(), ids),
                map(PROJECTED),
                map(LOGITS),
                VIEW);
    }

    private static LogitMap map(TensorShape shape) {
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            int cell = i % shape.plane();
            values[i] = 1000f * (i / shape.plane()) + 10f * (cell / shape.width()) + cell % shape.width();
        }
        return new LogitMap(shape, values);
    }
}
