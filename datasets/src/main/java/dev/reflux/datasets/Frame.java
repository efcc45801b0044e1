package dev.reflux.datasets;

import java.time.Instant;

/**
 * One labelled frame of a data set.
 *
 * @param frameId unique within the data set; the same at every reading
 * @param cameraId the camera it came from
 * @param vehicleId the vehicle that carries the camera
 * @param capturedAt when it was taken
 * @param weather "" when unknown
 * @param timeOfDay "" when unknown
 * @param sequence the drive it belongs to
 * @param image JPEG or PNG, RGB
 * @param label 8-bit one-channel PNG, raw label values
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

    /** Returns the name under which scores by domain count the frame: its sequence, or its time of day and weather. */
    public String domain() {
        return sequence.isEmpty() ? (timeOfDay + " " + weather).strip() : sequence;
    }
}
