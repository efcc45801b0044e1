package dev.reflux.registry.client;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.Map;

/**
 * The artifacts of versions. Whatever is returned has the hash that the manifest names. Blocks on the network.
 * Thread-safe.
 */
public final class StudentFiles {

    private final ObjectSource source;

    /** Creates a view of a bucket. */
    public StudentFiles(ObjectSource source) {
        this.source = source;
    }

    /**
     * Copies an artifact to a file, which appears whole or not at all.
     *
     * @throws RegistryException when the artifact is missing, or its bytes are not those that the manifest names
     */
    public void download(StudentVersion version, Artifact artifact, Path target) {
        StudentVersion.Blob blob = version.blob(artifact);
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try (InputStream in = source.open(blob.key()).orElseThrow(() -> missing(version, artifact))) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            if (!Sha256.hex(part).equals(blob.sha256())) {
                throw new RegistryException(named(version, artifact)
                        + " is not the one its manifest names: its sha256 differs, and it is refused.");
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            remove(part);
        }
    }

    /**
     * Returns all artifacts of a version, in memory.
     *
     * @throws RegistryException when an artifact is missing, or its bytes are not those that the manifest names
     */
    public Map<Artifact, byte[]> read(StudentVersion version) {
        Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
        version.artifacts().forEach((artifact, blob) -> {
            byte[] bytes = source.read(blob.key()).orElseThrow(() -> missing(version, artifact));
            if (!Sha256.hex(bytes).equals(blob.sha256())) {
                throw new RegistryException(
                        named(version, artifact) + " is not the one its manifest names: its sha256 differs.");
            }
            files.put(artifact, bytes);
        });
        return files;
    }

    private static RegistryException missing(StudentVersion version, Artifact artifact) {
        return new RegistryException(named(version, artifact) + " is missing from the store.");
    }

    private static String named(StudentVersion version, Artifact artifact) {
        return artifact.fileName() + " of " + version.model() + " version " + version.version();
    }

    private static void remove(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
