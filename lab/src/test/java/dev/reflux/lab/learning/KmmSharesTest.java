package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.lab.learning.RunResult.ClassShare;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KmmSharesTest {

    /** Five classes. */
    private static final LabelSchema SCHEMA = ModelCard.read(Path.of("..", "models", "fixtures", "tiny-student.json"))
            .labelSchema();

    @Test
    void givenATeacherThatIsWrongAboutOneClass_whenShared_thenItsShareIsLowThereAndTheMeanHidesIt() {
        // Given: cells of classes 0, 0, 1 and one that is ignored; the student says nothing at all.
        TensorShape grid = new TensorShape(5, 1, 4);
        float[] silent = new float[grid.size()];
        float[] teacher = new float[grid.size()];
        for (int c = 0; c < 5; c++) {
            for (int p = 0; p < 4; p++) {
                // Sure that every cell is of class 0.
                teacher[c * 4 + p] = c == 0 ? 20 : -20;
            }
        }
        KmmShares shares = new KmmShares(SCHEMA);

        // When
        shares.add(new LogitMap(grid, silent), new LogitMap(grid, teacher), new byte[] {0, 0, 1, (byte) 255});

        // Then
        double right = Math.log(2) / (Math.log(2) + Math.log1p(Math.exp(-20)) + 1e-8);
        double wrong = Math.log(2) / (Math.log(2) + 20 + Math.log1p(Math.exp(-20)) + 1e-8);
        List<ClassShare> byClass = shares.byClass();
        assertThat(byClass).extracting(ClassShare::name).startsWith("road", "sky");
        assertThat(byClass.get(0).there()).isCloseTo(right, within(1e-12));
        assertThat(byClass.get(0).everywhere()).isCloseTo((2 * right + wrong) / 3, within(1e-12));
        assertThat(byClass.get(1).there()).isCloseTo(wrong, within(1e-12));
        assertThat(byClass.get(1).everywhere()).isCloseTo((2 * right + wrong) / 3, within(1e-12));
        assertThat(byClass.get(2).there()).isNaN();
        assertThat(byClass.get(2).everywhere()).isCloseTo(right, within(1e-12));
    }
}
