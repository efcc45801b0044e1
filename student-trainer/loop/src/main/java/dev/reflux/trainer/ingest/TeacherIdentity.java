package dev.reflux.trainer.ingest;

/**
 * The origin of a sample's logits.
 *
 * @param teacherId the id of the teacher
 * @param projectionHeadId the id of the teacher's projection head
 */
public record TeacherIdentity(String teacherId, String projectionHeadId) {

    @Override
    public String toString() {
        return "teacher " + teacherId + " with projection head " + projectionHeadId;
    }
}
