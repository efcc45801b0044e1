package dev.reflux.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.trainer.guard.GuardState;
import dev.reflux.trainer.guard.LastGood;
import dev.reflux.trainer.guard.LearningGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The guard's part of a checkpoint: its state, and the last good weights. A checkpoint without it starts a guard that has
 * seen nothing. The training thread only.
 *
 * @param guard judges the samples
 * @param lastGood the weights to go back to
 */
record GuardMemory(LearningGuard guard, LastGood lastGood) {

    private static final String STATE = "guard.json";
    private static final String GOOD = "good.";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The part without tensors. */
    private record Written(GuardState guard, LastGood.Mark mark) {}

    /** Adds this part to the parts of a checkpoint. */
    Map<String, byte[]> addTo(Map<String, byte[]> tensors) {
        Map<String, byte[]> all = new HashMap<>(tensors);
        lastGood.weights().forEach((name, bytes) -> all.put(GOOD + name, bytes));
        try {
            all.put(STATE, JSON.writeValueAsBytes(new Written(guard.state(), lastGood.mark())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(all);
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
