package dev.reflux.lab.learning;

/** Receives the progress of the benchmark. */
public interface LearningListener {

    /** Reports a line that stays visible. */
    void say(String sentence);

    /**
     * Reports the progress of a phase.
     *
     * @param phase one word
     * @param figures further figures
     */
    void progressed(String phase, long done, long of, String figures);
}
