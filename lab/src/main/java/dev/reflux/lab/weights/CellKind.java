package dev.reflux.lab.weights;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;

/** A kind of cell of the projected logits' grid. A cell can be of several kinds. */
enum CellKind {

    /** A neighbor to the left, right, top or bottom has another label. */
    BOUNDARY("boundary") {
        @Override
        boolean has(Cells cells, int x, int y) {
            int own = cells.labels().at(x, y);
            return differs(cells.labels(), own, x - 1, y)
                    || differs(cells.labels(), own, x + 1, y)
                    || differs(cells.labels(), own, x, y - 1)
                    || differs(cells.labels(), own, x, y + 1);
        }
    },

    /** More than a quarter of the labeled pixels under the cell have another class than the cell's label. */
    MIXED("mixed") {
        @Override
        boolean has(Cells cells, int x, int y) {
            LabelMap pixels = cells.pixels();
            int own = cells.labels().at(x, y);
            int same = 0;
            int labeled = 0;
            for (int row = top(y, cells); row < top(y + 1, cells); row++) {
                for (int column = left(x, cells); column < left(x + 1, cells); column++) {
                    int id = pixels.at(column, row);
                    labeled += id == LabelSchema.IGNORE ? 0 : 1;
                    same += id == own ? 1 : 0;
                }
            }
            return same < 0.75 * labeled;
        }
    },

    /** The teacher's most likely class is not the label. */
    TEACHER_WRONG("teacher wrong") {
        @Override
        boolean has(Cells cells, int x, int y) {
            return cells.teacher().at(x, y) != cells.labels().at(x, y);
        }
    },

    /** The student's most likely class is not the label. */
    STUDENT_WRONG("student wrong") {
        @Override
        boolean has(Cells cells, int x, int y) {
            return cells.student().at(x, y) != cells.labels().at(x, y);
        }
    };

    private final String title;

    CellKind(String title) {
        this.title = title;
    }

    /**
     * The class ids of a frame. All but the pixels are on the grid.
     *
     * @param pixels the whole label
     * @param labels the label on the grid
     * @param teacher the teacher's most likely classes
     * @param student the student's most likely classes
     */
    record Cells(LabelMap pixels, LabelMap labels, LabelMap teacher, LabelMap student) {}

    /** Returns whether the labeled cell in column x and row y is of this kind. */
    abstract boolean has(Cells cells, int x, int y);

    /** Returns the name in tables. */
    String title() {
        return title;
    }

    private static boolean differs(LabelMap labels, int own, int x, int y) {
        boolean inside = x >= 0 && y >= 0 && x < labels.width() && y < labels.height();
        return inside && labels.at(x, y) != own && labels.at(x, y) != LabelSchema.IGNORE;
    }

    private static int left(int column, Cells cells) {
        return column * cells.pixels().width() / cells.labels().width();
    }

    private static int top(int row, Cells cells) {
        return row * cells.pixels().height() / cells.labels().height();
    }
}
