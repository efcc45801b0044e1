package dev.reflux.teacher.publish;

import dev.reflux.common.failure.Rejection;
import java.util.List;

/**
 * The result of one committed transaction.
 *
 * @param samples the number of frames that became samples
 * @param rejections the reason of each dead letter, in the order of the frames
 * @param dropped the number of records that were not published because their partition moved to another consumer
 * @param wireBytes the total size of the samples' values in bytes
 * @param attempts the number of transactions that were begun, 1 if the first one was committed
 */
public record CommittedBatch(int samples, List<Rejection> rejections, int dropped, long wireBytes, int attempts) {

    public CommittedBatch {
        rejections = List.copyOf(rejections);
    }
}
