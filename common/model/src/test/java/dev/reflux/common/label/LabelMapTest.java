package dev.reflux.common.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LabelMapTest {

    @Property(tries = 300)
    void givenAnySizes_whenTakenToAGrid_thenEachCellIsThePixelUnderItsCentre(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 1, max = 50) int gridWidth,
            @ForAll @IntRange(min = 1, max = 50) int gridHeight) {
        LabelMap label = random(width, height, 200, 7);

        LabelMap grid = label.nearest(gridWidth, gridHeight);

        for (int y = 0; y < gridHeight; y++) {
            for (int x = 0; x < gridWidth; x++) {
                int sourceX = (int) Math.floor((x + 0.5) * width / gridWidth);
                int sourceY = (int) Math.floor((y + 0.5) * height / gridHeight);
                assertThat(grid.at(x, y)).isEqualTo(label.at(sourceX, sourceY));
            }
        }
    }

    @Test
    void givenTheSameSize_whenTakenToAGrid_thenItIsTheSameMap() {
        LabelMap label = random(6, 4, 3, 1);

        assertThat(label.nearest(6, 4)).isSameAs(label);
    }

    @Test
    void givenAMajority_whenTakenToACoarserGrid_thenItWinsAndTiesGoToTheLowerId() {
        LabelMap label = new LabelMap(4, 2, new byte[] {1, 1, 2, 0, 1, 3, 0, 2});

        LabelMap grid = label.area(2, 1, 4);

        assertThat(grid.ids()).containsExactly(1, 0);
    }

    @Property(tries = 100)
    void givenAnySizes_whenTakenToACoarserGrid_thenEachCellHasTheClassOfMostOfItsPixels(
            @ForAll @IntRange(min = 1, max = 20) int gridWidth,
            @ForAll @IntRange(min = 1, max = 20) int gridHeight,
            @ForAll @IntRange(min = 0, max = 25) int moreColumns,
            @ForAll @IntRange(min = 0, max = 25) int moreRows) {
        int width = gridWidth + moreColumns;
        int height = gridHeight + moreRows;
        LabelMap label = random(width, height, 3, 5);
        int[][] votes = new int[gridWidth * gridHeight][3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                votes[cellOf(y, height, gridHeight) * gridWidth + cellOf(x, width, gridWidth)][label.at(x, y)]++;
            }
        }

        LabelMap grid = label.area(gridWidth, gridHeight, 3);

        for (int cell = 0; cell < votes.length; cell++) {
            int best = votes[cell][1] > votes[cell][0] ? 1 : 0;
            assertThat((int) grid.ids()[cell]).isEqualTo(votes[cell][2] > votes[cell][best] ? 2 : best);
        }
    }

    /** The last cell that begins at or before the pixel. */
    private static int cellOf(int pixel, int pixels, int cells) {
        int cell = 0;
        while (cell + 1 < cells && (cell + 1) * pixels / cells <= pixel) {
            cell++;
        }
        return cell;
    }

    @Test
    void givenAsManyIgnoredPixelsAsOfAClass_whenTakenToACoarserGrid_thenTheClassWins() {
        byte x = (byte) LabelSchema.IGNORE;

        LabelMap grid = new LabelMap(2, 2, new byte[] {x, 1, 1, x}).area(1, 1, 2);

        assertThat(grid.at(0, 0)).isEqualTo(1);
    }

    @Test
    void givenMostlyIgnoredCells_whenTakenToACoarserGrid_thenTheyAreIgnored() {
        byte x = (byte) LabelSchema.IGNORE;
        LabelMap label = new LabelMap(4, 2, new byte[] {x, x, x, 1, x, 1, 1, x});

        LabelMap grid = label.area(2, 1, 2);

        assertThat(grid.at(0, 0)).isEqualTo(LabelSchema.IGNORE);
        assertThat(grid.at(1, 0)).isEqualTo(1);
    }

    @Test
    void givenTooFewPixels_whenMade_thenItIsRefused() {
        assertThatThrownBy(() -> new LabelMap(3, 3, new byte[8]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3x3");
    }

    private static LabelMap random(int width, int height, int classes, long seed) {
        byte[] ids = new byte[width * height];
        Random random = new Random(seed);
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) random.nextInt(classes);
        }
        return new LabelMap(width, height, ids);
    }

    @Test
    void givenNoLabel_whenAskedForAnotherGrid_thenNoCellHasOne() {
        LabelMap grid = LabelMap.none().nearest(3, 2);

        assertThat(grid.isEmpty()).isTrue();
        assertThat(grid.ids()).hasSize(6);
    }

    @Test
    void givenOneLabeledPixel_whenAskedWhetherItIsEmpty_thenItIsNot() {
        LabelMap map = new LabelMap(2, 1, new byte[] {(byte) LabelSchema.IGNORE, 0});

        assertThat(map.isEmpty()).isFalse();
    }
}
