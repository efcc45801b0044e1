package dev.reflux.trainer.wanted;

import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Chooses out of each window of frames without a label those that deserve one most.
 *
 * <ol>
 *   <li>The same frames and labels in the same order give the same choices.
 *   <li>A window that is {@linkplain #restore restored} from a {@linkplain #state state} continues as if there had been no
 *       interruption.
 *   <li>Of a window, at most the given number of frames are chosen. A frame whose label has come is not among them.
 *   <li>No camera has a frame more among them than another camera that has frames left. A camera's frames resemble each other,
 *       so the second best of one camera follows the best of all others.
 *   <li>The state is bounded by the number of frames of a window.
 * </ol>
 *
 * The training thread only.
 */
public final class LabelWindow {

    private final int frames;
    private final int labels;
    private final ToDoubleFunction<WantedFrame> merit;
    private final List<WantedFrame> candidates = new ArrayList<>();
    private long number = 1;
    private int seen;

    /**
     * Creates a chooser by score, whose first window is open and empty.
     *
     * @param frames the number of frames of a window, at least 1
     * @param labels the number of frames that are chosen out of a window, at least 1
     */
    public LabelWindow(int frames, int labels) {
        this(frames, labels, frame -> frame.score().value());
    }

    /**
     * Creates a chooser, whose first window is open and empty.
     *
     * @param frames the number of frames of a window, at least 1
     * @param labels the number of frames that are chosen out of a window, at least 1
     * @param merit how much a frame deserves a label; of equal frames, the earlier one is chosen
     */
    public LabelWindow(int frames, int labels, ToDoubleFunction<WantedFrame> merit) {
        if (frames < 1 || labels < 1) {
            throw new IllegalArgumentException("a window needs a frame and a label, not " + frames + " and " + labels);
        }
        this.frames = frames;
        this.labels = labels;
        this.merit = merit;
    }

    /** Adds a frame, and returns what is chosen if the frame completes the window: the best first. Empty otherwise. */
    public List<Choice> add(WantedFrame frame) {
        candidates.add(frame);
        seen++;
        return seen >= frames ? close() : List.of();
    }

    /** Notes that the label of a frame has come: the frame is not wanted any more. Its window does not become longer. */
    public void labeled(TrainingSample sample) {
        candidates.removeIf(frame -> frame.isOf(sample));
    }

    /** Ends the open window, whatever it holds, and returns what is chosen: the best first. */
    public List<Choice> close() {
        List<WantedFrame> best = inTurn();
        List<Choice> chosen = new ArrayList<>();
        for (WantedFrame frame : best.subList(0, Math.min(labels, best.size()))) {
            chosen.add(new Choice(number, chosen.size() + 1, frame));
        }
        candidates.clear();
        seen = 0;
        number++;
        return chosen;
    }

    /** The best of each camera, then the second best of each, and so on; each time the best first. */
    private List<WantedFrame> inTurn() {
        List<WantedFrame> best = new ArrayList<>(candidates);
        best.sort(Comparator.comparingDouble(merit).reversed());
        Map<String, Integer> taken = new HashMap<>();
        SortedMap<Integer, List<WantedFrame>> turns = new TreeMap<>();
        for (WantedFrame frame : best) {
            int turn = taken.merge(frame.cameraId(), 1, Integer::sum);
            turns.computeIfAbsent(turn, first -> new ArrayList<>()).add(frame);
        }
        return turns.values().stream().flatMap(List::stream).toList();
    }

    /** Returns the whole state. */
    public WantedState state() {
        return new WantedState(number, seen, candidates);
    }

    /** Continues from a state of another chooser, which may have had windows of another length. */
    public void restore(WantedState state) {
        number = state.window();
        seen = state.seen();
        candidates.clear();
        candidates.addAll(state.candidates());
    }
}
