package dev.reflux.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.trainer.guard.GuardState;
import dev.reflux.trainer.guard.LabelsAside;
import dev.reflux.trainer.guard.LastGood;
import dev.reflux.trainer.guard.LearningGuard;
import dev.reflux.trainer.ingest.SampleReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The guard's part of a checkpoint: its state, the last good weights, and the labels that are not trusted. A checkpoint without it starts a guard that has
 * seen nothing. The training thread only.
 *
 * @param guard judges the samples
 * @param lastGood the weights to go back to
 * @param labels sets labels aside
 */
record GuardMemory(LearningGuard guard, LastGood lastGood, LabelsAside labels) {

    private static final String STATE = "guard.json";
    private static final String LABELS = "labels.json";
    private static final String GOOD = "good.";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The part without tensors. */
    private record Written(GuardState guard, LastGood.Mark mark) {}

    /**
     * Adds this part to the parts of a checkpoint.
     *
     * @param held the places of the samples of replay and holdout
     */
    Map<String, byte[]> addTo(Map<String, byte[]> tensors, Collection<SampleReference> held) {
        Map<String, byte[]> all = new HashMap<>(tensors);
        lastGood.weights().forEach((name, bytes) -> all.put(GOOD + name, bytes));
        try {
            all.put(LABELS, JSON.writeValueAsBytes(labels.state(held)));
            all.put(STATE, JSON.writeValueAsBytes(new Written(guard.state(), lastGood.mark())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(all);
    }

    /**
     * To be called before samples are read again, which have the labels that they had.
     *
     * @param held the places of the samples of replay and holdout; none of the checkpoint's if its topic was made anew
     */
    void restoreLabels(Map<String, byte[]> tensors, Collection<SampleReference> held) {
        byte[] state = tensors.get(LABELS);
        if (state == null) {
            return;
        }
        try {
            labels.restore(JSON.readValue(state, LabelsAside.State.class), held);
        } catch (IOException e) {
            throw new UncheckedIOException("the labels' part of the checkpoint cannot be read", e);
        }
    }

    /** The learner has been restored before. */
    void restore(Map<String, byte[]> tensors) {
        byte[] state = tensors.get(STATE);
        if (state == null) {
            return;
        }
        Map<String, byte[]> weights = new HashMap<>();
        tensors.forEach((name, bytes) -> {
            if (name.startsWith(GOOD)) {
                weights.put(name.substring(GOOD.length()), bytes);
            }
        });
        try {
            Written written = JSON.readValue(state, Written.class);
            guard.restore(written.guard());
            lastGood.restore(written.mark(), weights);
        } catch (IOException e) {
            throw new UncheckedIOException("the guard's part of the checkpoint cannot be read", e);
        }
    }
}
