package dev.reflux.trainer.distillation;

/**
 * How a teacher teaches. Whatever the method, labels teach too: L_total = CE(s, y) + λp·BCE(Z_s, y) + the method's own
 * terms. So rivals run in one loop, on the same tensors.
 */
public sealed interface DistillationMethod permits LossSettings, ChannelWise, StructuredPairs {

    /** λp, the weight of the supervision of the student's projection head; 0 leaves the head, and what is behind it, alone. */
    double projection();

    /** Whether the teacher's final logits are looked at. */
    boolean usesLogits();

    /** Whether the teacher's projected logits are looked at. */
    boolean usesProjected();

    /** The same without what the teacher says: the warm-up. */
    default LossSettings withoutTeacher() {
        return LossSettings.labelsOnly(projection());
    }
}
