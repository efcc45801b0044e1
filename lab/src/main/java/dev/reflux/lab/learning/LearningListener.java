package dev.reflux.lab.learning;

/** Is told how far the benchmark is. */
public interface LearningListener {

    /** Something that should stay to be read. */
    void say(String sentence);

    /**
     * How far a phase is.
     *
     * @param phase one word
     * @param figures what else is worth knowing
     */
    void progressed(String phase, long done, long of, String figures);
}
