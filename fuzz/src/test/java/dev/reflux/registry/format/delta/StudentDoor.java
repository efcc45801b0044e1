package dev.reflux.registry.format.delta;

/** Lets the fuzzer read the files of a student that a lossy delta changes. */
public final class StudentDoor {

    private StudentDoor() {}

    public static void archive(byte[] bytes) {
        StoredZip zip = new StoredZip(bytes);
        zip.entries().forEach(entry -> zip.rewrite(entry, zip.content(entry)));
    }

    public static void weights(byte[] bytes) {
        for (WeightsFile.Tensor tensor : WeightsFile.tensors(bytes)) {
            if (tensor.start() < 0 || tensor.length() < 0 || tensor.start() > bytes.length - tensor.length()) {
                throw new IllegalStateException(tensor + " is not in the file");
            }
        }
    }
}
