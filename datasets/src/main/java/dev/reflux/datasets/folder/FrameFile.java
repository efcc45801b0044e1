package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Paths of a frame's files, and its metadata.
 *
 * @param label where the label lies, or would lie
 * @param labeled whether it was there when the data set was opened, so that every reading gives the same frame
 */
record FrameFile(
        String frameId,
        String cameraId,
        Instant capturedAt,
        String weather,
        String timeOfDay,
        String sequence,
        Path image,
        Path label,
        boolean labeled) {

    Frame read() {
        return new Frame(
                frameId,
                cameraId,
                "vehicle-" + cameraId,
                capturedAt,
                weather,
                timeOfDay,
                sequence,
                bytes(image),
                labeled ? bytes(label) : new byte[0]);
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UsageException(
                    "The data set's file " + file + " cannot be read; check that the copy is whole.", e);
        }
    }
}
