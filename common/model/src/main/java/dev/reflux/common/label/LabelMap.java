package dev.reflux.common.label;

/**
 * Class of every pixel of a frame: one byte a pixel, row-major, {@link LabelSchema#IGNORE} where there is no label. Any
 * thread may read it.
 */
public final class LabelMap {

    private static final LabelMap NONE = new LabelMap(1, 1, new byte[] {(byte) LabelSchema.IGNORE});

    private final int width;
    private final int height;
    private final byte[] ids;

    /**
     * Creates a label map.
     *
     * @param width columns, at least 1
     * @param height rows, at least 1
     * @param ids width × height class ids; the map keeps the array without a copy
     */
    public LabelMap(int width, int height, byte[] ids) {
        if (width < 1 || height < 1 || ids.length != width * height) {
            throw new IllegalArgumentException(
                    "a label map of " + width + "x" + height + " cannot have " + ids.length + " pixels");
        }
        this.width = width;
        this.height = height;
        this.ids = ids;
    }

    /** Returns the label of a frame that has none: a single pixel without a label, which shows what every image shows. */
    public static LabelMap none() {
        return NONE;
    }

    /** Returns whether no pixel has a label. */
    public boolean isEmpty() {
        for (byte id : ids) {
            if ((id & 0xFF) != LabelSchema.IGNORE) {
                return false;
            }
        }
        return true;
    }

    /** Returns the number of columns. */
    public int width() {
        return width;
    }

    /** Returns the number of rows. */
    public int height() {
        return height;
    }

    /** Returns the map's own array. Callers must not write to it. */
    public byte[] ids() {
        return ids;
    }

    /** Returns a class id or {@link LabelSchema#IGNORE}. */
    public int at(int x, int y) {
        return ids[y * width + x] & 0xFF;
    }

    /**
     * Returns the label on another grid. Each cell has the pixel under its center: source index = floor((i + 0.5) ·
     * source / grid).
     */
    public LabelMap nearest(int gridWidth, int gridHeight) {
        if (gridWidth == width && gridHeight == height) {
            return this;
        }
        int[] columns = centers(width, gridWidth);
        int[] rows = centers(height, gridHeight);
        byte[] grid = new byte[gridWidth * gridHeight];
        for (int y = 0, to = 0; y < gridHeight; y++) {
            int row = rows[y] * width;
            for (int x = 0; x < gridWidth; x++) {
                grid[to++] = ids[row + columns[x]];
            }
        }
        return new LabelMap(gridWidth, gridHeight, grid);
    }

    /**
     * Returns the label on a coarser grid. Each cell has the class that most of its pixels have. Ties go to the lower id;
     * a cell with more ignored pixels than any class has is ignored.
     */
    public LabelMap area(int gridWidth, int gridHeight, int classCount) {
        byte[] grid = new byte[gridWidth * gridHeight];
        int[] votes = new int[classCount];
        for (int y = 0, to = 0; y < gridHeight; y++) {
            int top = y * height / gridHeight;
            int bottom = Math.max(top + 1, (y + 1) * height / gridHeight);
            for (int x = 0; x < gridWidth; x++) {
                int left = x * width / gridWidth;
                int right = Math.max(left + 1, (x + 1) * width / gridWidth);
                grid[to++] = (byte) majority(left, right, top, bottom, votes);
            }
        }
        return new LabelMap(gridWidth, gridHeight, grid);
    }

    private int majority(int left, int right, int top, int bottom, int[] votes) {
        java.util.Arrays.fill(votes, 0);
        int ignored = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                int id = at(x, y);
                if (id < votes.length) {
                    votes[id]++;
                } else {
                    ignored++;
                }
            }
        }
        int best = 0;
        for (int c = 1; c < votes.length; c++) {
            if (votes[c] > votes[best]) {
                best = c;
            }
        }
        return ignored > votes[best] ? LabelSchema.IGNORE : best;
    }

    private static int[] centers(int source, int grid) {
        int[] index = new int[grid];
        for (int i = 0; i < grid; i++) {
            // (i + 0.5) · source / grid in whole numbers: no rounding error, no float.
            index[i] = (int) (((2L * i + 1) * source) / (2L * grid));
        }
        return index;
    }
}
