package dev.reflux.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Scores of a model on a set of frames. All are 0 to 1; NaN where there was nothing to score. Immutable; any thread.
 *
 * @param miou mean IoU over the classes that occur
 * @param pixelAccuracy fraction of labeled pixels that are predicted correctly
 * @param perClass IoU by class name, in the schema's order
 * @param perDomain mean IoU by domain, in the order of the domains' first frames
 * @param frames number of frames
 */
public record SegmentationScore(
        double miou, double pixelAccuracy, Map<String, Double> perClass, Map<String, Double> perDomain, int frames) {

    /** Copies both maps. */
    public SegmentationScore {
        perClass = Collections.unmodifiableMap(new LinkedHashMap<>(perClass));
        perDomain = Collections.unmodifiableMap(new LinkedHashMap<>(perDomain));
    }
}
