package dev.reflux.trainer.fates;

import dev.reflux.trainer.ingest.FramePlace;
import org.jspecify.annotations.Nullable;

/**
 * What became of a sample. The set of names is open: a reader reports a name that it does not know.
 *
 * @param name what happened, such as {@link #TRAINED}
 * @param reason why, such as BAD_TENSOR; empty where nothing is to be said
 * @param of the frame that a duplicate repeats or a late label belongs to; null if it is not known, and for other fates
 */
public record Fate(String name, String reason, @Nullable FramePlace of) {

    /** The student was trained on it. */
    public static final String TRAINED = "trained";
    /** It is only scored. */
    public static final String HELD_OUT = "held-out";
    /** It brought the label of a frame that had come before, which was trained on again or scored. */
    public static final String LABELED = "labeled";
    /** Its frame had come before, and so had its label if it has one. */
    public static final String DUPLICATE = "duplicate";
    /** It was refused, and is in the dead-letter topic. */
    public static final String DEAD_LETTERED = "dead-lettered";
    /** It was valid, but not learned from: a guard distrusts its source. */
    public static final String SET_ASIDE = "set-aside";
    /** It was valid, but its step had no effect. */
    public static final String SKIPPED = "skipped";

    /** The reason of a sample that was trained on until the student went back to earlier weights. */
    public static final String TAKEN_BACK = "TAKEN_BACK";

    /** Returns a fate of which nothing more is to be said. */
    public static Fate of(String name) {
        return new Fate(name, "", null);
    }

    /** Returns a fate with its reason. */
    public static Fate because(String name, String reason) {
        return new Fate(name, reason, null);
    }

    /** Returns the fate of a label that came later than its frame. */
    public static Fate labelOf(@Nullable FramePlace frame) {
        return new Fate(LABELED, "", frame);
    }

    /** Returns the fate of a frame that came before. */
    public static Fate duplicateOf(@Nullable FramePlace first) {
        return new Fate(DUPLICATE, "", first);
    }
}
