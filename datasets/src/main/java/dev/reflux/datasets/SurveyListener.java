package dev.reflux.datasets;

/** Sees how a data set is looked through when it is opened. Called from the thread that opens it. */
public interface SurveyListener {

    /** Sees nothing. What makes a data set unusable is refused all the same. */
    SurveyListener SILENT = new SurveyListener() {
        @Override
        public void lookedAt(int done, int of) {}

        @Override
        public void odd(String sentence) {}
    };

    /**
     * Sees the progress.
     *
     * @param done frames looked at
     * @param of frames to look at
     */
    void lookedAt(int done, int of);

    /**
     * Sees something odd that can be lived with.
     *
     * @param sentence one sentence for a person, with a number and the first example
     */
    void odd(String sentence);
}
