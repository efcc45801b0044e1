package dev.reflux.trainer.wanted;

import java.util.List;
import java.util.Objects;

/**
 * The state of a {@link LabelWindow} for a checkpoint.
 *
 * @param window the number of the open window
 * @param seen the number of its frames so far
 * @param candidates those of them whose label has not come
 */
public record WantedState(long window, int seen, List<WantedFrame> candidates) {

    /** The state before the first frame. */
    public static final WantedState EMPTY = new WantedState(1, 0, List.of());

    public WantedState {
        candidates = List.copyOf(Objects.requireNonNullElse(candidates, List.of()));
    }
}
