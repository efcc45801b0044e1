package dev.reflux.trainer.distillation;

/** The axis over which KEM's softmax (Eq. 9) normalizes. */
public enum KemAxis {
    /** The labeled pixels of each class map, as in the paper. */
    PIXELS,
    /** The classes of each labeled pixel, for ablation. */
    CLASSES
}
