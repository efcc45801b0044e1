package dev.reflux.datasets.folder;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Paths of a frame's files, and its metadata. */
record FrameFile(
        String frameId,
        String cameraId,
        Instant capturedAt,
        String weather,
        String timeOfDay,
        String sequence,
        Path image,
        Path label) {

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
                bytes(label));
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
