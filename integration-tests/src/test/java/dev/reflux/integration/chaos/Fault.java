package dev.reflux.integration.chaos;

/** What can happen to the processes of the path. */
enum Fault {
    KILL_TEACHER,
    KILL_TRAINER,
    KILL_BROKER,
    KILL_STORE,
    PAUSE_TEACHER,
    PAUSE_TRAINER,
    PAUSE_BROKER,
    PAUSE_STORE,
    /** A clean end and a new start, while transactions are open. */
    RESTART_BROKER,
    BROKER_CUT,
    BROKER_SLOW,
    BROKER_STALLED,
    STORE_UNAVAILABLE,
    STORE_SLOW,
    STORE_HALF,
    STORE_STALLED,
    STORE_CUT,
    /** A second trainer of the same line, on a copy of nothing: it must be refused or fenced, or fence the first. */
    SECOND_TRAINER,
    /** A second teacher comes in mid-batch, and goes by SIGKILL. */
    SECOND_TEACHER,
    /** Damaged images and bytes that are no message. */
    POISON_BURST,
    /** Frames of a camera whose clock is in 1970, and of one whose clock is in 2099. */
    CLOCK_JUMP,
    /** The disk of the checkpoints is full for a while. */
    FULL_DISK,
    ADD_PARTITIONS,
    /** The frames' topic is deleted and made again, when all of it has been taught. */
    RECREATE_FRAMES
}
