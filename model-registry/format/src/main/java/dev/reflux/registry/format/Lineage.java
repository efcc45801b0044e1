package dev.reflux.registry.format;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The origin of a student.
 *
 * @param parentVersion the version that the training continued from; 0 for the first
 * @param teacherId the id of the teacher whose logits the student learned
 * @param projectionHeadId the id of the projection head of that teacher
 * @param labelSchemaId the id of the label schema
 * @param nextOffsets the next offset of each "topic-partition": every earlier sample has been used once
 * @param step the optimizer steps since the beginning
 * @param framesTrained the frames since the beginning
 * @param approximation the trained version that a lossy student approximates; null for a trained student, and absent from
 *     its manifest then
 * @param teacherView the size at which the teacher looked at the last frames, such as 480x360; null where it is not said
 * @param fates the file that says what became of each sample since the parent; null for a version without it
 */
public record Lineage(
        long parentVersion,
        String teacherId,
        String projectionHeadId,
        String labelSchemaId,
        Map<String, Long> nextOffsets,
        long step,
        long framesTrained,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Approximation approximation,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String teacherView,
        @JsonInclude(JsonInclude.Include.NON_NULL) StudentVersion.@Nullable Blob fates) {

    /**
     * The trained version that a lossy student approximates.
     *
     * @param model the model line of the trained student
     * @param version its number
     * @param sha256 the hash of its student.pt, in lower-case hexadecimal
     * @param step the step size: the weights differ from those of the parent by whole numbers of it; 0 for the trained
     *     student itself
     */
    public record Approximation(String model, long version, String sha256, double step) {}

    public Lineage {
        nextOffsets = Collections.unmodifiableMap(new TreeMap<>(nextOffsets));
    }

    /** Creates the lineage of a trained student. */
    public Lineage(
            long parentVersion,
            String teacherId,
            String projectionHeadId,
            String labelSchemaId,
            Map<String, Long> nextOffsets,
            long step,
            long framesTrained) {
        this(
                parentVersion,
                teacherId,
                projectionHeadId,
                labelSchemaId,
                nextOffsets,
                step,
                framesTrained,
                null,
                null,
                null);
    }

    /** Returns the same origin with the size at which the teacher looked. */
    public Lineage withTeacherView(String size) {
        return with(parentVersion, approximation, size, fates);
    }

    /** Returns the same origin with the file that says what became of each sample since the parent. */
    public Lineage withFates(StudentVersion.Blob file) {
        return with(parentVersion, approximation, teacherView, file);
    }

    /** Returns the same origin for a lossy student of another model line. */
    public Lineage approximated(long parent, Approximation of) {
        return with(parent, of, teacherView, null);
    }

    private Lineage with(
            long parent,
            @Nullable Approximation lossyOf,
            @Nullable String lookedAt,
            StudentVersion.@Nullable Blob file) {
        return new Lineage(
                parent,
                teacherId,
                projectionHeadId,
                labelSchemaId,
                nextOffsets,
                step,
                framesTrained,
                lossyOf,
                lookedAt,
                file);
    }
}
