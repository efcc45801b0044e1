package dev.reflux.trainer.update;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.Sha256;
import dev.reflux.evaluation.DomainScores;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.Segmenter;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.BoundedReplay;
import dev.reflux.trainer.replay.ReservoirReplay;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Keeps a uniform sample of all held-out frames that have a label, and a smaller one of those that have none. They are scored
 * and never trained on. The training thread only.
 */
public final class HoldoutBuffer {

    private static final int BATCH = 4;

    /**
     * The number of labeled frames under which frames without a label are scored instead, if there are any: on one or two frames a
     * rare class decides.
     */
    static final int LEAST_LABELED = 8;

    /** The part of the room that frames without a label have. They are scored only while there are few labels. */
    private static final int UNLABELED_PART = 4;

    private final BoundedReplay labeled;
    private final BoundedReplay unlabeled;
    private final long budget;

    /** @param capacity the number of labeled frames that are kept for scoring; all are counted */
    public HoldoutBuffer(int capacity) {
        this(capacity, Long.MAX_VALUE);
    }

    /**
     * @param capacity the number of labeled frames that are kept for scoring; all are counted
     * @param budget the largest number of bytes of all frames
     */
    public HoldoutBuffer(int capacity, long budget) {
        long small = budget == Long.MAX_VALUE ? budget : budget / UNLABELED_PART;
        long large = budget == Long.MAX_VALUE ? budget : budget - small;
        this.budget = budget;
        this.labeled = new BoundedReplay("the holdout", ReservoirReplay::new, capacity, large);
        this.unlabeled = new BoundedReplay(
                "the holdout without labels",
                ReservoirReplay::new,
                (capacity + UNLABELED_PART - 1) / UNLABELED_PART,
                small);
    }

    /** Returns the largest number of bytes of the frames. */
    public long budget() {
        return budget;
    }

    /** Adds a frame, with its label or without. */
    public void add(TrainingSample sample, RandomGenerator random) {
        (sample.isLabeled() ? labeled : unlabeled).offer(sample, random);
    }

    /** Adds the label of a frame that was added without it, or with another one. */
    public void addLabel(TrainingSample sample, RandomGenerator random) {
        unlabeled.restore(without(unlabeled.samples(), sample), unlabeled.seen());
        labeled.restore(without(labeled.samples(), sample), labeled.seen());
        labeled.offer(sample, random);
    }

    private static List<TrainingSample> without(List<TrainingSample> held, TrainingSample sample) {
        return held.stream().filter(one -> !sample.isOfFrame(one)).toList();
    }

    /** Returns the kept frames: those that have a label first. */
    public List<TrainingSample> samples() {
        return Stream.concat(labeled.samples().stream(), unlabeled.samples().stream())
                .toList();
    }

    /** Returns the number of labeled frames added so far. */
    public long seen() {
        return labeled.seen();
    }

    /** Returns the number of frames without a label added so far. */
    public long seenUnlabeled() {
        return unlabeled.seen();
    }

    /**
     * Replaces the content.
     *
     * @param samples a result of {@link #samples}
     * @param seen a result of {@link #seen}
     * @param seenUnlabeled a result of {@link #seenUnlabeled}
     */
    public void restore(List<TrainingSample> samples, long seen, long seenUnlabeled) {
        labeled.restore(samples.stream().filter(TrainingSample::isLabeled).toList(), seen);
        unlabeled.restore(samples.stream().filter(one -> !one.isLabeled()).toList(), seenUnlabeled);
    }

    /** Returns the frames that are scored: those with a label if they are enough, or all there are. */
    private List<TrainingSample> scored() {
        boolean enough =
                labeled.samples().size() >= LEAST_LABELED || unlabeled.samples().isEmpty();
        return enough ? labeled.samples() : unlabeled.samples();
    }

    /** Returns a digest of the scored frames in their order, of 48 bits: equal digests are scores of the same frames. */
    public long digest() {
        MessageDigest digest = Sha256.digest();
        for (TrainingSample sample : scored()) {
            digest.update(sample.frameId().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return ByteBuffer.wrap(digest.digest()).getLong() >>> 16;
    }

    /**
     * Scores other weights. The model has its own again when the method returns.
     *
     * @param weights a result of {@link SegmentationModel#safetensors}
     * @throws IllegalArgumentException if the weights are those of another architecture
     */
    public HoldoutScore score(TorchRuntime runtime, SegmentationModel model, byte[] weights) {
        byte[] own = model.safetensors();
        try {
            model.restore(weights);
            return score(runtime, model);
        } finally {
            model.restore(own);
        }
    }

    /** Scores the model's current weights, in inference mode: at the labels' own size, or on the teacher's grid. */
    public HoldoutScore score(TorchRuntime runtime, SegmentationModel model) {
        List<TrainingSample> frames = scored();
        DomainScores scores = new DomainScores(model.card().labelSchema());
        if (frames.isEmpty()) {
            return new HoldoutScore(scores.score(), Double.NaN, 0);
        }
        Segmenter segmenter = new Segmenter(runtime, model, frames.get(0).view(), BATCH);
        if (!frames.get(0).isLabeled()) {
            return new HoldoutScore(scores.score(), agreement(segmenter, frames), frames.size());
        }
        segmenter.predict(
                frames.iterator(),
                TrainingSample::image,
                sample -> new ImageSize(sample.label().width(), sample.label().height()),
                (sample, map) ->
                        scores.add(sample.domain(), map.ids(), sample.label().ids()));
        return new HoldoutScore(scores.score(), Double.NaN, 0);
    }

    private static double agreement(Segmenter segmenter, List<TrainingSample> frames) {
        long[] counts = new long[2];
        segmenter.predict(
                frames.iterator(),
                TrainingSample::image,
                sample -> new ImageSize(
                        sample.logits().shape().width(), sample.logits().shape().height()),
                (sample, map) -> {
                    byte[] said = sample.logits().classes().ids();
                    for (int i = 0; i < said.length; i++) {
                        counts[said[i] == map.ids()[i] ? 1 : 0]++;
                    }
                });
        return (double) counts[1] / (counts[0] + counts[1]);
    }
}
