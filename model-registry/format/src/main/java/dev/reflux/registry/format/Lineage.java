package dev.reflux.registry.format;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
 * @param approximation which version it stands for, when it is a lossy student that costs less to send; absent from the
 *     manifest, and so from what is signed, when it is none
 */
public record Lineage(
        long parentVersion,
        String teacherId,
        String projectionHeadId,
        String labelSchemaId,
        Map<String, Long> nextOffsets,
        long step,
        long framesTrained,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Approximation approximation) {

    /**
     * What a lossy student stands for.
     *
     * @param model line of the trained student
     * @param version its number there
     * @param sha256 of its student.pt, lower-case hex
     * @param step by whole numbers of which its weights differ from its parent's; 0: it is the trained student itself
     */
    public record Approximation(String model, long version, String sha256, double step) {}

    public Lineage {
        nextOffsets = java.util.Collections.unmodifiableMap(new TreeMap<>(nextOffsets));
    }

    /** A trained student's. */
    public Lineage(
            long parentVersion,
            String teacherId,
            String projectionHeadId,
            String labelSchemaId,
            Map<String, Long> nextOffsets,
            long step,
            long framesTrained) {
        this(parentVersion, teacherId, projectionHeadId, labelSchemaId, nextOffsets, step, framesTrained, null);
    }

    /** The same origin, as a lossy student of another line. */
    public Lineage approximated(long parent, Approximation of) {
        return new Lineage(parent, teacherId, projectionHeadId, labelSchemaId, nextOffsets, step, framesTrained, of);
    }
}
