package dev.reflux.teacher.projection;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Stops a teacher whose model is broken, before it refuses the whole stream.
 *
 * <ol>
 *   <li>The first frame on which the model fails is not refused before the model has passed a plain gray image. A model that
 *       does not has refused no frame.
 *   <li>Each frame on which it fails counts one up, each other frame one down, not below 0. At the limit the teacher stops:
 *       after so many failures in a row, and sooner or later when it fails on more than half of the frames.
 *   <li>The batch that reaches the limit is not published.
 * </ol>
 *
 * <p>Threading: the torch worker only, except for {@link #level}.
 */
public final class ModelBreaker {

    private final String teacher;
    private final int limit;
    private final BooleanSupplier passesGray;
    private volatile int level;

    /**
     * @param teacher the name of the teacher, for the sentence
     * @param limit the level at which the teacher stops, at least 1
     * @param passesGray tells whether the model's output on a plain gray image is finite
     */
    public ModelBreaker(String teacher, int limit, BooleanSupplier passesGray) {
        this.teacher = teacher;
        this.limit = limit;
        this.passesGray = passesGray;
    }

    /** Returns the number of frames on which the model failed, less those on which it did not. Any thread. */
    public int level() {
        return level;
    }

    /**
     * Counts the frames of a batch, and returns it.
     *
     * @throws UsageException if the model is broken
     */
    public ProjectedBatch judge(ProjectedBatch batch) {
        List<RejectedFrame> failures = batch.rejected().stream()
                .filter(frame -> frame.reason() == Rejection.INFERENCE_FAILED)
                .toList();
        if (!failures.isEmpty() && level == 0 && !passesGray.getAsBoolean()) {
            throw new UsageException("Teacher " + teacher + " returns values that are not finite for a plain gray image"
                    + " too: its model or its projection head is broken. No frame was refused for it; replace the file"
                    + " and start again.");
        }
        level = Math.max(0, level + failures.size() - batch.frames().size());
        if (level >= limit) {
            throw new UsageException(
                    "Teacher " + teacher + " failed on " + level + " frames more than it passed (last: "
                            + failures.get(failures.size() - 1).sentence()
                            + "), and stops so that no further frames are refused. Replace its model, start again, and bring"
                            + " the refused frames back with \"reflux dead-letters replay --reason INFERENCE_FAILED\".");
        }
        return batch;
    }
}
