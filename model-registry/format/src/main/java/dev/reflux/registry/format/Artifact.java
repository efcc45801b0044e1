package dev.reflux.registry.format;

/** The files of a student version. */
public enum Artifact {
    /** The TorchScript file, for vehicles. */
    STUDENT("student.pt"),
    /** The same weights, without code. */
    WEIGHTS("weights.safetensors"),
    /** The model card, which names the hash of the student. */
    CARD("student.json");

    private final String fileName;

    Artifact(String fileName) {
        this.fileName = fileName;
    }

    /** Returns the name of the file in a folder of a version. */
    public String fileName() {
        return fileName;
    }
}
