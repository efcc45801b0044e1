package dev.reflux.lab.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.label.LabelMap;
import org.junit.jupiter.api.Test;

class CellKindTest {

    /** A grid of 3 cells, each 2x2 pixels: two of class 0, and one of class 1. */
    private static final CellKind.Cells CELLS = new CellKind.Cells(
            map(6, 2, 0, 0, 0, 1, 1, 255, 0, 0, 0, 1, 1, 255),
            map(3, 1, 0, 0, 1),
            map(3, 1, 0, 1, 1),
            map(3, 1, 1, 0, 1));

    @Test
    void givenARowOfCells_whenAskedForBoundaries_thenThoseBesideAnotherLabelAreOnes() {
        assertThat(having(CellKind.BOUNDARY)).containsExactly(false, true, true);
    }

    @Test
    void givenPixelsOfTwoClassesUnderACell_whenAskedForMixedCells_thenIgnoredPixelsDoNotCount() {
        assertThat(having(CellKind.MIXED)).containsExactly(false, true, false);
    }

    @Test
    void givenAnswers_whenAskedWhoIsWrong_thenTheLabelDecides() {
        assertThat(having(CellKind.TEACHER_WRONG)).containsExactly(false, true, false);
        assertThat(having(CellKind.STUDENT_WRONG)).containsExactly(true, false, false);
    }

    @Test
    void givenAnIgnoredNeighbor_whenAskedForBoundaries_thenItMakesNone() {
        CellKind.Cells cells =
                new CellKind.Cells(map(2, 1, 0, 255), map(2, 1, 0, 255), map(2, 1, 0, 0), map(2, 1, 0, 0));

        assertThat(CellKind.BOUNDARY.has(cells, 0, 0)).isFalse();
    }

    private static boolean[] having(CellKind kind) {
        boolean[] having = new boolean[3];
        for (int x = 0; x < 3; x++) {
            having[x] = kind.has(CELLS, x, 0);
        }
        return having;
    }

    private static LabelMap map(int width, int height, int... ids) {
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
        }
        return new LabelMap(width, height, bytes);
    }
}
