package dev.reflux.teacher.heads;

/**
 * Which frames of a split a fit looks at, and which of them only its score sees. Frames are spread evenly; held out are
 * whole stretches of them, one in five, so that a held-out frame's neighbours are mostly held out too.
 */
final class FramePlan {

    private static final int STRETCH = 4;
    private static final int ONE_IN = 5;
    private static final int FEWEST_TO_HOLD_OUT = 10;

    private final int count;
    private final int chosen;

    /**
     * @param count frames of the split
     * @param wanted how many to look at
     */
    FramePlan(int count, int wanted) {
        this.count = count;
        this.chosen = Math.min(count, wanted);
    }

    int chosen() {
        return chosen;
    }

    /** @return the frame's place among the chosen, or -1 */
    int placeOf(int index) {
        long place = ((long) index * chosen + count - 1) / count;
        return place < chosen && place * count / chosen == index ? (int) place : -1;
    }

    boolean heldOut(int place) {
        return chosen >= FEWEST_TO_HOLD_OUT && place / stretch() % ONE_IN == ONE_IN - 1;
    }

    private int stretch() {
        return chosen >= STRETCH * ONE_IN ? STRETCH : 1;
    }
}
