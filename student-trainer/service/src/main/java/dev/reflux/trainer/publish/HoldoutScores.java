package dev.reflux.trainer.publish;

import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.trainer.update.HoldoutScore;
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
public record HoldoutScores(HoldoutScore raw, HoldoutScore averaged, long digest, Optional<Champion> champion) {

    /**
     * The champion's score.
     *
     * @param version the number of the version
     */
    public record Champion(long version, HoldoutScore score) {}

    /** Returns whether the averaged weights score better. */
    public boolean takesAverage() {
        return averaged.figure() > raw.figure();
    }

    /** Returns the better of both scores. */
    public HoldoutScore taken() {
        return takesAverage() ? averaged : raw;
    }

    /**
     * Returns the metrics for a manifest. With too few labels there is no mIoU: {@code holdout.agreement}, with the teacher,
     * takes its place under a name of its own.
     */
    Map<String, Double> metrics() {
        Map<String, Double> metrics = new TreeMap<>();
        String figure = taken().isByLabels() ? "holdout.miou" : "holdout.agreement";
        put(metrics, figure + ".raw", raw.figure());
        put(metrics, figure + ".average", averaged.figure());
        put(metrics, "holdout.frames", taken().byLabels().frames());
        score(metrics, "", taken());
        if (taken().agreementFrames() > 0) {
            put(metrics, "holdout.agreement.frames", taken().agreementFrames());
        }
        if (taken().isByLabels() || taken().agreementFrames() > 0) {
            put(metrics, "holdout.digest", digest);
        }
        champion.ifPresent(one -> {
            put(metrics, "champion.version", one.version());
            score(metrics, "champion.", one.score());
        });
        return metrics;
    }

    private static void score(Map<String, Double> metrics, String prefix, HoldoutScore score) {
        SegmentationScore byLabels = score.byLabels();
        put(metrics, prefix + "holdout.miou", byLabels.miou());
        put(metrics, prefix + "holdout.agreement", score.agreement());
        byLabels.perDomain().forEach((domain, miou) -> put(metrics, prefix + "holdout.domain." + domain, miou));
        byLabels.perClass().forEach((name, iou) -> put(metrics, prefix + "holdout.class." + name, iou));
    }

    /** JSON has no NaN: a metric without a value is absent. */
    static void put(Map<String, Double> metrics, String name, double value) {
        if (Double.isFinite(value)) {
            metrics.put(name, value);
        }
    }
}
