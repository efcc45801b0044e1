package dev.reflux.teacher.heads;

/** Hears how far a fit has come, on the thread that runs it. */
public interface ProjectionFitListener {

    /** Hears nothing. */
    ProjectionFitListener SILENT = new ProjectionFitListener() {};

    /** So many of the frames have been through the network. */
    default void extracted(int frames, int of) {}

    /**
     * The search has looked at one more point.
     *
     * @param l2 the penalty that is tried
     * @param evaluation counted from 1, with this penalty
     * @param of the most that it may take
     * @param bce mean binary cross-entropy over the fit's cells and classes, with the penalty
     */
    default void searched(double l2, int evaluation, int of, double bce) {}
}
