package dev.reflux.trainer.guard;

/**
 * How far a camera's labels are doubted, for a checkpoint.
 *
 * @param camera the camera's id
 * @param mean the fading mean of the doubted share of its labeled cells, 0..1
 * @param frames the number of frames that were compared
 * @param doubted whether its labels are doubted
 */
public record DoubtState(String camera, double mean, long frames, boolean doubted) {}
