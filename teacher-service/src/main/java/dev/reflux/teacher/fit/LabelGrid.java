package dev.reflux.teacher.fit;

import dev.reflux.common.label.LabelMap;

/** How a label is brought onto the feature grid. */
public enum LabelGrid {
    /** The pixel under each cell's centre. */
    NEAREST {
        @Override
        LabelMap apply(LabelMap label, int width, int height, int classes) {
            return label.nearest(width, height);
        }
    },
    /** The class that most of a cell's pixels have. */
    AREA {
        @Override
        LabelMap apply(LabelMap label, int width, int height, int classes) {
            return label.area(width, height, classes);
        }
    };

    abstract LabelMap apply(LabelMap label, int width, int height, int classes);
}
