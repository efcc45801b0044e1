package dev.reflux.teacher;

import dev.reflux.common.failure.Rejection;
import dev.reflux.teacher.pipeline.StageName;
import java.util.Map;

/**
 * How a teacher stands. Counts are since its start.
 *
 * @param taken frames taken from the topic
 * @param samples frames that became samples
 * @param deadLetters frames that were refused
 * @param dropped frames left to another teacher because their partition moved
 * @param batches transactions committed
 * @param aborted transactions given up and done again
 * @param wireBytes value bytes of all samples
 * @param inFlight frames between poll and commit
 * @param lag frames behind the end of the assigned partitions, as of the last poll
 * @param rejections dead letters by reason
 * @param millisPerFrame mean milliseconds of work a frame, by stage; stages overlap
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
