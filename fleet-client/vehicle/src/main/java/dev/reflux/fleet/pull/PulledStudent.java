package dev.reflux.fleet.pull;

import java.nio.file.Path;

/**
 * A verified student on the disk of the vehicle.
 *
 * @param model the name of the model line
 * @param version the number
 * @param folder the folder of student.pt, student.json and weights.safetensors; unchanged while the student is kept
 */
public record PulledStudent(String model, long version, Path folder) {

    /** Returns the TorchScript file. */
    public Path file() {
        return folder.resolve("student.pt");
    }

    /** Returns the model card. */
    public Path card() {
        return folder.resolve("student.json");
    }

    /** Returns the weights without code. */
    public Path weights() {
        return folder.resolve("weights.safetensors");
    }
}
