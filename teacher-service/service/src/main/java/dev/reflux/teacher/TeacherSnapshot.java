package dev.reflux.teacher;

import dev.reflux.common.failure.Rejection;
import dev.reflux.teacher.pipeline.StageName;
import java.util.Map;

/**
 * The counts of a teacher since its start, and its present state.
 *
 * @param taken the number of frames taken from the topic
 * @param samples the number of frames that became samples
 * @param deadLetters the number of frames that were refused
 * @param dropped the number of frames left to another teacher because their partition moved
 * @param batches the number of committed transactions
 * @param aborted the number of transactions that were aborted and repeated
 * @param wireBytes the total size of the samples' values in bytes
 * @param inFlight the number of frames between poll and commit
 * @param lag the number of frames between the position and the end of the assigned partitions, as of the last poll
 * @param rejections the number of dead letters by reason
 * @param millisPerFrame the mean duration of work for each frame in milliseconds, by stage; stages overlap
 */
public record TeacherSnapshot(
        long taken,
        long samples,
        long deadLetters,
        long dropped,
        long batches,
        long aborted,
        long wireBytes,
        int inFlight,
        long lag,
        Map<Rejection, Long> rejections,
        Map<StageName, Double> millisPerFrame) {

    public TeacherSnapshot {
        rejections = Map.copyOf(rejections);
        millisPerFrame = Map.copyOf(millisPerFrame);
    }
}
