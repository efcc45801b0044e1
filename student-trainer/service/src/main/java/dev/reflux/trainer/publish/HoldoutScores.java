package dev.reflux.trainer.publish;

import dev.reflux.evaluation.SegmentationScore;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The scores of a student and of the champion on the same held-out frames at the same time.
 *
 * @param raw the score of the raw weights
 * @param averaged the score of the averaged weights
 * @param digest the digest of the frames, which tells whether two scores are of the same ones
 * @param champion the champion's score; empty without a champion, or if it could not be had
 */
public record HoldoutScores(
        SegmentationScore raw, SegmentationScore averaged, long digest, Optional<Champion> champion) {

    /**
     * The champion's score.
     *
     * @param version the number of the version
     */
    public record Champion(long version, SegmentationScore score) {}

    /** Returns whether the averaged weights score better. */
    public boolean takesAverage() {
        return averaged.miou() > raw.miou();
    }

    /** Returns the better of both scores. */
    public SegmentationScore taken() {
        return takesAverage() ? averaged : raw;
    }

    /** Returns the metrics for a manifest. */
    Map<String, Double> metrics() {
        Map<String, Double> metrics = new TreeMap<>();
        put(metrics, "holdout.miou.raw", raw.miou());
        put(metrics, "holdout.miou.average", averaged.miou());
        put(metrics, "holdout.frames", taken().frames());
        score(metrics, "", taken());
        if (taken().frames() > 0) {
            put(metrics, "holdout.digest", digest);
        }
        champion.ifPresent(one -> {
            put(metrics, "champion.version", one.version());
            score(metrics, "champion.", one.score());
        });
        return metrics;
    }

    private static void score(Map<String, Double> metrics, String prefix, SegmentationScore score) {
        put(metrics, prefix + "holdout.miou", score.miou());
        score.perDomain().forEach((domain, miou) -> put(metrics, prefix + "holdout.domain." + domain, miou));
        score.perClass().forEach((name, iou) -> put(metrics, prefix + "holdout.class." + name, iou));
    }

    /** JSON has no NaN: a metric without a value is absent. */
    static void put(Map<String, Double> metrics, String name, double value) {
        if (Double.isFinite(value)) {
            metrics.put(name, value);
        }
    }
}
