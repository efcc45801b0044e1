package dev.reflux.trainer.distillation;

/** What KEM's softmax (Eq. 9) runs over. */
public enum KemAxis {
    /** The labelled pixels of each class map, as in the paper: where should the student look? */
    PIXELS,
    /** The classes of each labelled pixel, for ablation. */
    CLASSES
}
