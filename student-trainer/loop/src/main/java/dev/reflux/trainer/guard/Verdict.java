package dev.reflux.trainer.guard;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a sample.
 *
 * @param fault what is wrong; null if nothing is
 * @param sentence what is wrong, for people; empty if nothing is
 * @param losesLabel whether the frame goes on without its label
 */
public record Verdict(@Nullable Fault fault, String sentence, boolean losesLabel) {

    static final Verdict SANE = new Verdict(null, "", false);

    /** Returns whether the frame is neither trained on nor scored. */
    public boolean setsAside() {
        return fault != null && fault.side() == Fault.Side.SOURCE && !losesLabel;
    }

    boolean blamesTeacher() {
        return fault != null && fault.side() == Fault.Side.TEACHER;
    }
}
