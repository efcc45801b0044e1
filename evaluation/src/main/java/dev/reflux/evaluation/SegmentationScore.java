package dev.reflux.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model scored on a set of frames. All figures 0..1; NaN where nothing was there to score.
 *
 * @param miou mean IoU over the classes that occur
 * @param pixelAccuracy part of labelled pixels predicted right
 * @param perClass IoU by class name, in the schema's order
 * @param perDomain mean IoU by domain, in the order in which the domains came
 * @param frames how many frames
 */
public record SegmentationScore(
        double miou, double pixelAccuracy, Map<String, Double> perClass, Map<String, Double> perDomain, int frames) {

    public SegmentationScore {
        perClass = Collections.unmodifiableMap(new LinkedHashMap<>(perClass));
        perDomain = Collections.unmodifiableMap(new LinkedHashMap<>(perDomain));
    }
}
