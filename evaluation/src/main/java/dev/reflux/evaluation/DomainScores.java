package dev.reflux.evaluation;

import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelSchema;
import java.util.LinkedHashMap;
import java.util.Map;

/** One confusion matrix for each domain, and their sum. One thread owns it. */
public final class DomainScores {

    private final LabelSchema schema;
    private final Map<String, ConfusionMatrix> byDomain = new LinkedHashMap<>();
    private int frames;

    /** Creates empty scores of a schema's classes. */
    public DomainScores(LabelSchema schema) {
        this.schema = schema;
    }

    /** Counts one frame of a domain; see {@link ConfusionMatrix#add(byte[], byte[])}. */
    public void add(String domain, byte[] predicted, byte[] labels) {
        byDomain.computeIfAbsent(domain, d -> new ConfusionMatrix(schema.classCount()))
                .add(predicted, labels);
        frames++;
    }

    /** Returns the sum over all domains, a new matrix. */
    public ConfusionMatrix total() {
        ConfusionMatrix total = new ConfusionMatrix(schema.classCount());
        byDomain.values().forEach(total::add);
        return total;
    }

    /** Returns the scores of what was counted so far. */
    public SegmentationScore score() {
        ConfusionMatrix total = total();
        Map<String, Double> perClass = new LinkedHashMap<>();
        for (LabelClass one : schema.classes()) {
            perClass.put(one.name(), total.iou(one.id()));
        }
        Map<String, Double> perDomain = new LinkedHashMap<>();
        byDomain.forEach((domain, matrix) -> perDomain.put(domain, matrix.miou()));
        return new SegmentationScore(total.miou(), total.pixelAccuracy(), perClass, perDomain, frames);
    }
}
