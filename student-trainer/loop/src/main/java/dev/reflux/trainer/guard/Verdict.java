package dev.reflux.trainer.guard;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a sample.
 *
 * @param fault what is wrong; null if nothing is
 * @param sentence what is wrong, for people; empty if nothing is
 */
public record Verdict(@Nullable Fault fault, String sentence) {

    static final Verdict SANE = new Verdict(null, "");

    /** Returns whether the frame is neither trained on nor scored. */
    public boolean setsAside() {
        return fault != null && fault.side() == Fault.Side.SOURCE;
    }

    boolean blamesTeacher() {
        return fault != null && fault.side() == Fault.Side.TEACHER;
    }
}
