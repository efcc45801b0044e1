package dev.reflux.trainer.checkpoint;

import java.io.IOException;

/** Lets the fuzzer read a checkpoint without a folder around it. */
public final class CheckpointDoor {

    private CheckpointDoor() {}

    public static void read(byte[] bytes) throws IOException {
        CheckpointFile.read(bytes);
    }
}
