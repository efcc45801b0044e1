package dev.reflux.audit;

import java.util.Arrays;
import java.util.Optional;

/** What became of a frame. */
public enum FrameFate {
    /** Nothing is known of such an offset: the log has no record there. */
    NO_RECORD("no record"),
    /** The student was trained on it. */
    TRAINED("trained"),
    /** It is only scored. */
    HELD_OUT("held-out"),
    /** It brought the label of a frame that had come before. */
    LABELED("labeled"),
    /** It repeats a frame. */
    DUPLICATE("duplicate"),
    /** A guard set it aside. */
    SET_ASIDE("set-aside"),
    /** Its step had no effect. */
    SKIPPED("skipped"),
    /** It was refused. */
    DEAD_LETTERED("dead-lettered"),
    /** A version names a fate that this build does not know. */
    OTHER("other"),
    /** It is taught, and waits for a trainer or for the next version. */
    PENDING_TRAINER("pending at the trainer"),
    /** It waits for a teacher. */
    PENDING_TEACHER("pending at the teacher"),
    /** Nobody accounts for it. */
    LOST("lost");

    private final String words;

    FrameFate(String words) {
        this.words = words;
    }

    /** Returns the name in reports, which for fates of a version is the name in its file. */
    public String words() {
        return words;
    }

    static FrameFate named(String name) {
        Optional<FrameFate> known = Arrays.stream(values())
                .filter(fate -> fate.words.equals(name) && fate.compareTo(OTHER) < 0 && fate != NO_RECORD)
                .findFirst();
        return known.orElse(OTHER);
    }
}
