package dev.reflux.registry.store;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** One attempt to store files, under keys that no other attempt ever has. */
final class BlobUpload {

    private final ObjectStore store;
    private final String model;
    private final String attempt = UUID.randomUUID().toString().substring(0, 8);

    BlobUpload(ObjectStore store, String model) {
        this.store = store;
        this.model = model;
    }

    /** Stores a file. */
    StudentVersion.Blob put(Path file) {
        try {
            String sha256 = Sha256.hex(file);
            String key = BucketLayout.blobs(model) + sha256 + "-" + attempt;
            store.put(key, file);
            return new StudentVersion.Blob(key, sha256, Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
