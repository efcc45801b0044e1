package dev.reflux.lab.learning;

import dev.reflux.trainer.wanted.FrameScore;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which frames of a stream have a label. There is one for each window of so many frames, whatever the pick. But for
 * {@link #EVEN}, a stream passes without labels, and the label of a window's frame comes later; see {@link LateLabels}.
 */
public enum Pick {
    /** The first frame of each window, whose label comes with it. */
    EVEN,
    /** The middle frame of each window: as even, and as late as a chosen one. */
    EVEN_LATE,
    /** Any frame of each window. */
    RANDOM,
    /** The frame with the best score: what the trainer asks for. */
    WANTED(FrameScore::value),
    /** The frame in which student and teacher differ most, rare classes counting more: the score's product alone. */
    DISAGREEMENT(score -> score.disagreement() * score.rarity()),
    /** The frame of which the teacher is least sure: the score's last term alone. */
    UNCERTAINTY(FrameScore::uncertainty);

    private final @Nullable ToDoubleFunction<FrameScore> merit;

    Pick() {
        this.merit = null;
    }

    Pick(ToDoubleFunction<FrameScore> merit) {
        this.merit = merit;
    }

    /** Returns whether labels come later than their frames. */
    boolean comesLater() {
        return this != EVEN;
    }

    /** Returns whether the pick goes by what student and teacher say of the frames. */
    boolean goesByScore() {
        return merit != null;
    }

    /** Returns how much a frame with this score deserves a label; 0 by a pick that does not go by scores. */
    double merit(FrameScore score) {
        return merit == null ? 0 : merit.applyAsDouble(score);
    }
}
