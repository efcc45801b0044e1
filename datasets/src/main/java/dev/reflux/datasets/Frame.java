package dev.reflux.datasets;

import java.time.Instant;

/**
 * One frame of a data set, with its label if it has one.
 *
 * @param frameId id, unique within the data set and the same at every reading
 * @param cameraId id of the camera
 * @param vehicleId id of the vehicle that carries the camera
 * @param capturedAt time of capture
 * @param weather weather; empty when unknown
 * @param timeOfDay time of day; empty when unknown
 * @param sequence drive that the frame belongs to; empty when unknown
 * @param image JPEG or PNG file, RGB
 * @param label 8-bit one-channel PNG file of the image's size, raw label values; empty when the frame has no label
 */
public record Frame(
        String frameId,
        String cameraId,
        String vehicleId,
        Instant capturedAt,
        String weather,
        String timeOfDay,
        String sequence,
        byte[] image,
        byte[] label) {

    /** Returns whether the frame has a label. */
    public boolean labeled() {
        return label.length > 0;
    }

    /** Returns the name under which scores by domain count the frame: its sequence, or its time of day and weather. */
    public String domain() {
        return sequence.isEmpty() ? (timeOfDay + " " + weather).strip() : sequence;
    }
}
