package dev.reflux.trainer.guard;

import java.util.List;

/**
 * The whole state of a guard between two windows, for a checkpoint.
 *
 * @param agreements the state of the usual agreement of label and teacher
 * @param norms the state of the usual gradient norm
 * @param layout the state of the usual layout of labels
 * @param teacher the teacher's record
 * @param sources the record of each camera, the one that was quiet the longest first
 */
public record GuardState(double[] agreements, double[] norms, double[] layout, Conduct teacher, List<Conduct> sources) {

    /**
     * The record of a camera or of the teacher.
     *
     * @param name the camera's id; "" for the teacher
     * @param faults the faded fraction of frames at fault
     * @param disagreements the faded fraction of frames in which label and teacher disagree unusually
     * @param distrusted whether it is set aside
     * @param imageHash the hash of the last image
     * @param equalImages the number of times in a row that this image has come
     */
    public record Conduct(
            String name, double faults, double disagreements, boolean distrusted, long imageHash, int equalImages) {}
}
