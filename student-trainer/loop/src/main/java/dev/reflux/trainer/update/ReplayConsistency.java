package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.trainer.distillation.ConsistencyLoss;
import dev.reflux.trainer.distillation.LossTerms;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * DER++ (Buzzega et al., NeurIPS 2020): remembers the student's logits of replayed samples at the time when they were
 * stored, and adds the consistency term to the loss of a batch that contains such samples. With a weight of 0 it remembers
 * nothing. The training thread only.
 */
final class ReplayConsistency implements AutoCloseable {

    /** The number of samples in one forward pass for remembering. */
    private static final int BATCH = 4;

    private final TorchRuntime runtime;
    private final double weight;
    private final UnaugmentedForward forward;
    private final ConsistencyLoss loss;
    private final RememberedLogits remembered = new RememberedLogits();

    /** @param weight α; 0 turns the term off */
    ReplayConsistency(TorchRuntime runtime, double weight, UnaugmentedForward forward) {
        this.runtime = runtime;
        this.weight = weight;
        this.forward = forward;
        this.loss = new ConsistencyLoss(runtime);
    }

    boolean isOff() {
        return weight == 0;
    }

    /**
     * Remembers the student's current logits of new samples, and forgets the samples that replay no longer holds.
     *
     * @param held the content of the replay buffer
     */
    void remember(List<TrainingSample> held) {
        if (isOff()) {
            return;
        }
        remembered.keepOnly(held);
        Map<ImageSize, List<TrainingSample>> unknown = held.stream()
                .filter(sample -> !remembered.knows(sample.reference()))
                .collect(Collectors.groupingBy(TrainingSample::view, LinkedHashMap::new, Collectors.toList()));
        for (List<TrainingSample> samples : unknown.values()) {
            for (int from = 0; from < samples.size(); from += BATCH) {
                rememberBatch(samples.subList(from, Math.min(samples.size(), from + BATCH)));
            }
        }
    }

    private void rememberBatch(List<TrainingSample> samples) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            List<LogitMap> logits =
                    LogitTensors.maps(forward.of(scratch, samples).logits());
            for (int i = 0; i < samples.size(); i++) {
                remembered.store(samples.get(i).reference(), logits.get(i));
            }
        }
    }

    /** Returns the terms with the consistency term of the batch's remembered samples. */
    LossTerms addTo(NDManager scratch, LossTerms terms, BatchTensors batch, NDArray logits) {
        SortedMap<Integer, LogitMap> known = known(batch);
        if (known.isEmpty()) {
            return terms;
        }
        int height = (int) logits.getShape().get(2);
        int width = (int) logits.getShape().get(3);
        return loss.add(
                scratch,
                terms,
                logits,
                batch.some(scratch, known, height, width),
                batch.places(scratch, known.keySet()),
                weight);
    }

    /** Returns the remembered logits by the sample's place in the batch. */
    private SortedMap<Integer, LogitMap> known(BatchTensors batch) {
        SortedMap<Integer, LogitMap> known = new TreeMap<>();
        for (int place = 0; place < batch.size() && !remembered.isEmpty(); place++) {
            LogitMap map = remembered.of(batch.sample(place).reference());
            if (map != null) {
                known.put(place, map);
            }
        }
        return known;
    }

    byte[] exportState() {
        return remembered.exportState();
    }

    /** @param state a result of {@link #exportState}; null for an empty memory */
    void importState(byte @Nullable [] state) {
        remembered.importState(state);
    }

    @Override
    public void close() {
        loss.close();
    }
}
