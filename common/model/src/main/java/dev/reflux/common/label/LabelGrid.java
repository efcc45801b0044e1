package dev.reflux.common.label;

/** How a label is brought onto a coarser grid, such as that of features. Stateless: any thread. */
public enum LabelGrid {
    /** The pixel under each cell's centre. */
    NEAREST {
        @Override
        public LabelMap apply(LabelMap label, int width, int height, int classes) {
            return label.nearest(width, height);
        }
    },
    /** The class that most of a cell's pixels have. */
    AREA {
        @Override
        public LabelMap apply(LabelMap label, int width, int height, int classes) {
            return label.area(width, height, classes);
        }
    };

    /**
     * The label on another grid.
     *
     * @param width columns
     * @param height rows
     * @param classes of the label's schema
     */
    public abstract LabelMap apply(LabelMap label, int width, int height, int classes);
}
