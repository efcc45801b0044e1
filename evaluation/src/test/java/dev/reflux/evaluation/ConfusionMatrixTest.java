package dev.reflux.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

    /** Against sets of pixels, as IoU is defined. */
    @Property(tries = 200)
    void givenAnyFrames_whenCounted_thenIouIsIntersectionOverUnion(
            @ForAll @IntRange(min = 2, max = 12) int classes,
            @ForAll @IntRange(min = 1, max = 300) int pixels,
            @ForAll long seed) {
        Random random = new Random(seed);
        byte[][] predicted = new byte[2][pixels];
        byte[][] labels = new byte[2][pixels];
        ConfusionMatrix matrix = new ConfusionMatrix(classes);

        for (int f = 0; f < 2; f++) {
            for (int i = 0; i < pixels; i++) {
                predicted[f][i] = (byte) random.nextInt(classes);
                labels[f][i] = (byte) (random.nextInt(4) == 0 ? 255 : random.nextInt(classes));
            }
            matrix.add(predicted[f], labels[f]);
        }

        double sum = 0;
        int occurring = 0;
        for (int c = 0; c < classes; c++) {
            int both = 0;
            int either = 0;
            for (int f = 0; f < 2; f++) {
                for (int i = 0; i < pixels; i++) {
                    if (labels[f][i] != (byte) 255) {
                        boolean p = predicted[f][i] == c;
                        boolean l = labels[f][i] == c;
                        both += p && l ? 1 : 0;
                        either += p || l ? 1 : 0;
                    }
                }
            }
            if (either == 0) {
                assertThat(matrix.iou(c)).isNaN();
            } else {
                assertThat(matrix.iou(c)).isEqualTo((double) both / either);
                sum += (double) both / either;
                occurring++;
            }
        }
        if (occurring > 0) {
            assertThat(matrix.miou()).isCloseTo(sum / occurring, within(1e-12));
        } else {
            assertThat(matrix.miou()).isNaN();
        }
    }

    /** By hand: road 3 of 4 right, sky 1 of 2; one road pixel called sky. */
    @Test
    void givenASmallFrame_whenCounted_thenTheFiguresAreTheHandMadeOnes() {
        ConfusionMatrix matrix = new ConfusionMatrix(2);

        matrix.add(new byte[] {0, 0, 0, 1, 1, 0, 1}, new byte[] {0, 0, 0, 0, 1, 1, (byte) 255});

        assertThat(matrix.iou(0)).isEqualTo(3.0 / 5);
        assertThat(matrix.iou(1)).isEqualTo(1.0 / 3);
        assertThat(matrix.miou()).isCloseTo((0.6 + 1.0 / 3) / 2, within(1e-12));
        assertThat(matrix.pixelAccuracy()).isEqualTo(4.0 / 6);
        assertThat(matrix.total()).isEqualTo(6);
    }

    @Test
    void givenTwoMatrices_whenAdded_thenItIsAsIfOneHadCountedAll() {
        ConfusionMatrix a = new ConfusionMatrix(3);
        ConfusionMatrix b = new ConfusionMatrix(3);
        ConfusionMatrix both = new ConfusionMatrix(3);
        a.add(new byte[] {0, 1}, new byte[] {0, 2});
        b.add(new byte[] {2, 2}, new byte[] {2, 1});
        both.add(new byte[] {0, 1, 2, 2}, new byte[] {0, 2, 2, 1});

        a.add(b);

        assertThat(a.toArray()).containsExactly(both.toArray());
        assertThat(ConfusionMatrix.of(3, a.toArray()).miou()).isEqualTo(both.miou());
    }

    @Test
    void givenAStrangeIdOrLength_whenCounted_thenItIsRefused() {
        ConfusionMatrix matrix = new ConfusionMatrix(3);

        assertThatThrownBy(() -> matrix.add(new byte[] {0}, new byte[] {3}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> matrix.add(new byte[] {3}, new byte[] {0}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> matrix.add(new byte[] {0}, new byte[] {0, 1}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new ConfusionMatrix(2).miou()).isNaN();
    }
}
