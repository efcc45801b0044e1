package dev.reflux.teacher.pipeline;

/** Hears from every stage. Called from event loops and workers: it must not block. */
public interface StageObserver {

    /** One batch took this long in the stage's work. */
    void worked(StageName stage, int frames, long nanos);

    /** A stage cannot go on. The service has to end; what is not committed will be read again. */
    void failed(StageName stage, Throwable cause);
}
