package dev.reflux.trainer.update;

/** What a step uses of the teacher. */
enum TeacherUse {
    /** Its logits in the terms of the loss, and its most likely classes where there is no label. */
    ALL,
    /** Its most likely classes where there is no label, as in the warm-up. */
    CLASSES,
    /** Nothing: it is not trusted. */
    NONE
}
