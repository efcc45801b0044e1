package dev.reflux.lab.poison;

/** Who keeps harmed frames from the student. */
enum Watch {
    /** Nobody: every frame is trained on. */
    NOBODY,
    /** The trainer's guard. */
    GUARD,
    /** One who knows which frames are harmed: what a guard could do at best. */
    ORACLE
}
