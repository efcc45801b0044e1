package dev.reflux.registry.format;

/** The files that a student version consists of. */
public enum Artifact {
    /** TorchScript, for vehicles. */
    STUDENT("student.pt"),
    /** The same weights without any code. */
    WEIGHTS("weights.safetensors"),
    /** The model card, whose hash is the student's. */
    CARD("student.json");

    private final String fileName;

    Artifact(String fileName) {
        this.fileName = fileName;
    }

    public String fileName() {
        return fileName;
    }
}
