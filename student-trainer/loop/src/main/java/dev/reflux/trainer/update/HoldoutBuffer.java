package dev.reflux.trainer.update;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.Sha256;
import dev.reflux.evaluation.DomainScores;
import dev.reflux.evaluation.SegmentationScore;
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

/** Keeps a uniform sample of all held-out frames, which are scored and never trained on. The training thread only. */
public final class HoldoutBuffer {

    private static final int BATCH = 4;

    private final BoundedReplay frames;

    /** @param capacity the number of frames that are kept for scoring; all are counted */
    public HoldoutBuffer(int capacity) {
        this(capacity, Long.MAX_VALUE);
    }

    /**
     * @param capacity the number of frames that are kept for scoring; all are counted
     * @param budget the largest number of bytes of these frames
     */
    public HoldoutBuffer(int capacity, long budget) {
        this.frames = new BoundedReplay("the holdout", ReservoirReplay::new, capacity, budget);
    }

    /** Returns the largest number of bytes of the frames. */
    public long budget() {
        return frames.budget();
    }

    public void add(TrainingSample sample, RandomGenerator random) {
        frames.offer(sample, random);
    }

    public List<TrainingSample> samples() {
        return frames.samples();
    }

    public long seen() {
        return frames.seen();
    }

    public void restore(List<TrainingSample> samples, long seen) {
        frames.restore(samples, seen);
    }

    /** Returns a digest of the kept frames in their order, of 48 bits: equal digests are scores of the same frames. */
    public long digest() {
        MessageDigest digest = Sha256.digest();
        for (TrainingSample sample : frames.samples()) {
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
    public SegmentationScore score(TorchRuntime runtime, SegmentationModel model, byte[] weights) {
        byte[] own = model.safetensors();
        try {
            model.restore(weights);
            return score(runtime, model);
        } finally {
            model.restore(own);
        }
    }

    /** Scores the model's current weights, in inference mode, at the labels' own size. */
    public SegmentationScore score(TorchRuntime runtime, SegmentationModel model) {
        LabelSchema schema = model.card().labelSchema();
        DomainScores scores = new DomainScores(schema);
        if (!frames.samples().isEmpty()) {
            Segmenter segmenter =
                    new Segmenter(runtime, model, frames.samples().get(0).view(), BATCH);
            segmenter.predict(
                    frames.samples().iterator(),
                    TrainingSample::image,
                    sample ->
                            new ImageSize(sample.label().width(), sample.label().height()),
                    (sample, map) -> scores.add(
                            sample.domain(), map.ids(), sample.label().ids()));
        }
        return scores.score();
    }
}
