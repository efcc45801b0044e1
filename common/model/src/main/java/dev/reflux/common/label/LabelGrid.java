package dev.reflux.common.label;

/** Ways to resample a label onto a coarser grid, such as that of features. Stateless; any thread. */
public enum LabelGrid {
    /** Takes the pixel under each cell's center. */
    NEAREST {
        @Override
        public LabelMap apply(LabelMap label, int width, int height, int classes) {
            return label.nearest(width, height);
        }
    },
    /** Takes the class that most of a cell's pixels have. */
    AREA {
        @Override
        public LabelMap apply(LabelMap label, int width, int height, int classes) {
            return label.area(width, height, classes);
        }
    };

    /**
     * Returns the label on another grid.
     *
     * @param label label of full size
     * @param width columns of the grid
     * @param height rows of the grid
     * @param classes number of classes of the label's schema
     */
    public abstract LabelMap apply(LabelMap label, int width, int height, int classes);
}
