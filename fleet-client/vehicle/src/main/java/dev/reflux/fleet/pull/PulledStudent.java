package dev.reflux.fleet.pull;

import java.nio.file.Path;

/**
 * A verified student on this vehicle's disk.
 *
 * @param model the model line's name
 * @param version its number
 * @param folder holds student.pt, student.json, weights.safetensors; does not change while the student is kept
 */
public record PulledStudent(String model, long version, Path folder) {

    /** The TorchScript file. */
    public Path file() {
        return folder.resolve("student.pt");
    }

    /** The card beside it. */
    public Path card() {
        return folder.resolve("student.json");
    }

    public Path weights() {
        return folder.resolve("weights.safetensors");
    }
}
