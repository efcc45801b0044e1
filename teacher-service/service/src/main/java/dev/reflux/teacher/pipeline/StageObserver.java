package dev.reflux.teacher.pipeline;

/** The observer of all stages. Called from event loops and workers: an implementation must not block. */
public interface StageObserver {

    /**
     * Called when a stage has processed an item.
     *
     * @param frames the number of frames in the item
     * @param nanos the duration of the work in nanoseconds, without waiting
     */
    void worked(StageName stage, int frames, long nanos);

    /** Called when a stage cannot go on. The service has to stop; frames that are not committed are read again later. */
    void failed(StageName stage, Throwable cause);
}
