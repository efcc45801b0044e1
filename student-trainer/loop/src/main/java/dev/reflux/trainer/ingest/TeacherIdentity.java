package dev.reflux.trainer.ingest;

/** Whose logits a sample carries. */
public record TeacherIdentity(String teacherId, String projectionHeadId) {

    @Override
    public String toString() {
        return "teacher " + teacherId + " with projection head " + projectionHeadId;
    }
}
