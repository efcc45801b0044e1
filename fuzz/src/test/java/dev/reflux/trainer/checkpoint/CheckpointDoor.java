package dev.reflux.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** Lets the fuzzer read a checkpoint without a folder around it. */
public final class CheckpointDoor {

    private CheckpointDoor() {}

    public static void read(Path file) throws IOException {
        CheckpointFile.read(file);
    }
}
