package dev.reflux.registry;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where a student comes from.
 *
 * @param parentVersion the version that it was trained on from; 0 for the first
 * @param teacherId id of the teacher whose logits it learnt
 * @param projectionHeadId id of that teacher's projection head
 * @param labelSchemaId its classes
 * @param nextOffsets by "topic-partition": every sample before these has been used once
 * @param step optimizer steps since the beginning
 * @param framesTrained frames since the beginning
 */
public record Lineage(
        long parentVersion,
        String teacherId,
        String projectionHeadId,
        String labelSchemaId,
        Map<String, Long> nextOffsets,
        long step,
        long framesTrained) {

    public Lineage {
        nextOffsets = java.util.Collections.unmodifiableMap(new TreeMap<>(nextOffsets));
    }
}
