package dev.reflux.teacher.heads;

/**
 * The choice of frames for a fit, spread evenly over the split, and of the held-out ones among them. One stretch of frames in
 * five is held out: neighbors in time are alike, and most neighbors of a held-out frame are then held out too. Immutable.
 */
final class FramePlan {

    private static final int STRETCH = 4;
    private static final int ONE_IN = 5;
    private static final int FEWEST_TO_HOLD_OUT = 10;

    private final int count;
    private final int chosen;

    /**
     * @param count the number of frames that can be chosen
     * @param wanted the number of frames to choose
     */
    FramePlan(int count, int wanted) {
        this.count = count;
        this.chosen = Math.min(count, wanted);
    }

    /** Returns the number of chosen frames. */
    int chosen() {
        return chosen;
    }

    /** Returns the index of a frame that can be chosen among the chosen frames, or -1 if it is not chosen. */
    int placeOf(int index) {
        long place = ((long) index * chosen + count - 1) / count;
        return place < chosen && place * count / chosen == index ? (int) place : -1;
    }

    /** Returns whether only the score may use the chosen frame of this index. */
    boolean heldOut(int place) {
        return chosen >= FEWEST_TO_HOLD_OUT && place / stretch() % ONE_IN == ONE_IN - 1;
    }

    private int stretch() {
        return chosen >= STRETCH * ONE_IN ? STRETCH : 1;
    }
}
