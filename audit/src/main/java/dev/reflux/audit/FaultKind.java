package dev.reflux.audit;

/** What an audit can find wrong. */
public enum FaultKind {
    /** A frame that nobody accounts for, although it was read. */
    FRAME_LOST("frames lost", true, false),
    /** A frame that the log no longer has, and nobody accounts for. */
    FRAME_REMOVED("frames removed unread", true, false),
    /** A sample that no version accounts for, although it was read. */
    SAMPLE_LOST("samples lost", true, false),
    /** A sample that the log no longer had when the trainer came to it. */
    SAMPLE_REMOVED("samples removed unread", true, false),
    /** A fate that names a dead letter which is not there. */
    LETTER_LOST("dead letters lost", true, false),
    /** A duplicate of a frame that nobody accounts for. */
    DUPLICATE_OF_NOTHING("duplicates of nothing", true, false),
    /** A frame that was learned from, or held out, more than once. */
    FRAME_TWICE("frames used twice", false, true),
    /** A frame for which a teacher published two samples. */
    TAUGHT_TWICE("frames taught twice", false, true),
    /** A frame that was both taught and refused. */
    TAUGHT_AND_REFUSED("frames taught and refused", false, true),
    /** A frame that was refused twice by a teacher. */
    REFUSED_TWICE("frames refused twice", false, true),
    /** A sample that is in more than one run. */
    SAMPLE_TWICE("samples accounted twice", false, true),
    /** A version that does not exist, and was not removed by a reaper. */
    VERSION_MISSING("versions missing", false, false),
    /** A version whose parent is not the version before it. */
    CHAIN_BROKEN("breaks of the chain", false, false),
    /** A version that does not say what its offsets mean. */
    FATES_MISSING("files of fates missing", false, false),
    /** A manifest or a file that is not what its hash says. */
    HASH_WRONG("hashes wrong", false, false),
    /** A file of fates that cannot be read. */
    FATES_DAMAGED("files of fates damaged", false, false),
    /** A file of fates that contradicts the manifest, its parent or the log. */
    FATES_CONTRADICT("contradictions", false, false),
    /** An alias latest that points at no version. */
    LATEST_WRONG("latest wrong", false, false);

    private final String words;
    private final boolean loss;
    private final boolean twice;

    FaultKind(String words, boolean loss, boolean twice) {
        this.words = words;
        this.loss = loss;
        this.twice = twice;
    }

    /** Returns the kind in words. */
    public String words() {
        return words;
    }

    /** Returns whether something was lost. */
    public boolean isLoss() {
        return loss;
    }

    /** Returns whether something happened twice. */
    public boolean isTwice() {
        return twice;
    }
}
