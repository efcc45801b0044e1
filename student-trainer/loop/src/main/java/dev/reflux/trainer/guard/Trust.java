package dev.reflux.trainer.guard;

import dev.reflux.trainer.guard.GuardState.Conduct;

/**
 * Whether a camera or the teacher is trusted. Trust is lost when about half of the recent frames were at fault and comes
 * back when hardly any was, so that a single frame decides neither. One owner thread.
 */
final class Trust {

    /** What a frame adds: about the last eight frames count. */
    private static final double PACE = 1.0 / 8;

    private static final double LOST_AT = 0.5;
    private static final double BACK_AT = 0.1;

    /** Below this, a fault is news again. */
    private static final double FORGOTTEN_AT = 0.01;

    private double faults;
    private double disagreements;
    private boolean distrusted;
    private long imageHash;
    private int equalImages;
    private boolean repaired;

    /** What a frame has changed. */
    enum Change {
        NONE,
        /** The first fault for a long time. */
        FIRST_FAULT,
        LOST,
        BACK
    }

    Change add(boolean fault) {
        boolean news = fault && faults < FORGOTTEN_AT;
        faults += PACE * ((fault ? 1 : 0) - faults);
        if (!distrusted && faults > LOST_AT) {
            distrusted = true;
            return Change.LOST;
        }
        if (distrusted && faults < BACK_AT) {
            distrusted = false;
            return Change.BACK;
        }
        return news && !distrusted ? Change.FIRST_FAULT : Change.NONE;
    }

    void disagreed(boolean unusually) {
        disagreements += PACE * ((unusually ? 1 : 0) - disagreements);
    }

    /** Returns whether label and teacher have disagreed unusually in more than a few of the recent frames. */
    boolean disagrees() {
        return disagreements > 0.3;
    }

    boolean isLost() {
        return distrusted;
    }

    /** Returns whether no repair was noted before; a restart forgets it. */
    boolean firstRepair() {
        boolean first = !repaired;
        repaired = true;
        return first;
    }

    /** Notes an image and returns the number of times in a row that it has come. */
    int equalImages(long hash) {
        equalImages = hash == imageHash ? equalImages + 1 : 1;
        imageHash = hash;
        return equalImages;
    }

    Conduct state(String name) {
        return new Conduct(name, faults, disagreements, distrusted, imageHash, equalImages);
    }

    void restore(Conduct state) {
        faults = state.faults();
        disagreements = state.disagreements();
        distrusted = state.distrusted();
        imageHash = state.imageHash();
        equalImages = state.equalImages();
    }
}
