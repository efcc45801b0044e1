package dev.reflux.trainer.guard;

/** What can be wrong with a sample. Each fault has the words that follow "its" in a sentence. */
public enum Fault {
    /** The image is black or of one color. */
    BLANK_IMAGE("image shows nothing", Side.SOURCE),
    /** The image has been the same for several frames. */
    FROZEN_IMAGE("image does not change", Side.SOURCE),
    /** Some of the label's pixels are noise, which is ignored. */
    SPECKLED_LABEL("labels have specks", Side.NOBODY),
    /** The label is noise. */
    NOISY_LABEL("labels are noise", Side.SOURCE),
    /** The label disagrees with the teacher, and with the student too or with nothing else. */
    FOREIGN_LABEL("labels disagree with teacher and student far more than usual", Side.SOURCE),
    /** The source has been at fault until a moment ago. */
    PROBATION("frames are on probation", Side.SOURCE),
    /** A teacher's logit is too large to be one. */
    ABSURD_LOGITS("logits are absurdly large", Side.TEACHER),
    /** The teacher says the same class everywhere. */
    ONE_CLASS("output is one class", Side.TEACHER),
    /** The teacher's classes change from cell to cell. */
    NOISY_LOGITS("output is noise", Side.TEACHER),
    /** The teacher disagrees with the label, which the student or all other cameras confirm. */
    FOREIGN_LOGITS("output disagrees with the labels far more than usual", Side.TEACHER);

    /** Who is at fault. */
    public enum Side {
        /** Nobody: the sample was repaired. */
        NOBODY,
        /** The camera or whoever labels its frames: the frame is set aside. */
        SOURCE,
        /** The teacher: the frame is trained on by its label alone. */
        TEACHER
    }

    private final String words;
    private final Side side;

    Fault(String words, Side side) {
        this.words = words;
        this.side = side;
    }

    /** Returns what is wrong, to follow "its". */
    public String words() {
        return words;
    }

    /** Returns who is at fault. */
    public Side side() {
        return side;
    }
}
