package dev.reflux.teacher.heads;

/** The receiver of a fit's progress. Called on the thread that runs the fit. */
public interface ProjectionFitListener {

    /** Ignores everything. */
    ProjectionFitListener SILENT = new ProjectionFitListener() {};

    /** Called when a batch of frames has passed the network. */
    default void extracted(int frames, int of) {}

    /**
     * Called after each evaluation of the search.
     *
     * @param l2 the present penalty
     * @param evaluation the number of evaluations with this penalty
     * @param of the largest number of evaluations with this penalty
     * @param bce the mean over classes of binary cross-entropy and penalty on the cells of the fit
     */
    default void searched(double l2, int evaluation, int of, double bce) {}
}
