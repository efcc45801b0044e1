package dev.reflux.registry.client;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The artifacts of versions. Whatever is returned has the hash that the manifest names. Blocks on the network.
 * Thread-safe.
 */
public final class StudentFiles {

    private static final int BUFFER = 1 << 16;

    private final ObjectSource source;

    /** Creates a view of a bucket. */
    public StudentFiles(ObjectSource source) {
        this.source = source;
    }

    /**
     * Copies an artifact to a file, which appears whole or not at all. No more bytes are written than the manifest names.
     *
     * @throws RegistryException when the artifact is missing, or its bytes are not those that the manifest names
     * @throws StoreException when the store fails
     * @throws UncheckedIOException when the file cannot be written
     */
    public void download(StudentVersion version, Artifact artifact, Path target) {
        StudentVersion.Blob blob = version.blob(artifact);
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            String sha256 = copy(version, artifact, part);
            if (!sha256.equals(blob.sha256())) {
                throw new RegistryException(named(version, artifact)
                        + " is not the one its manifest names: its sha256 differs, and it is refused.");
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(target, e);
        } finally {
            remove(part);
        }
    }

    /** Writes no more than the manifest names, whatever arrives; returns the hash. */
    private String copy(StudentVersion version, Artifact artifact, Path part) throws IOException {
        long bytes = version.blob(artifact).bytes();
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = open(version, artifact);
                OutputStream out = Files.newOutputStream(part)) {
            long total = 0;
            for (int n; (n = read(in, buffer, version, artifact, total)) > 0; ) {
                total += n;
                if (total > bytes) {
                    throw new RegistryException(named(version, artifact) + " goes on behind the " + bytes
                            + " bytes that its manifest names: it is refused.");
                }
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            if (total < bytes) {
                throw new RegistryException(named(version, artifact) + " ends after " + total + " of the " + bytes
                        + " bytes that its manifest names: it is refused.");
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private InputStream open(StudentVersion version, Artifact artifact) {
        return source.open(version.blob(artifact).key()).orElseThrow(() -> missing(version, artifact));
    }

    /** The link's failures are told apart from those of the disk. */
    private static int read(InputStream in, byte[] buffer, StudentVersion version, Artifact artifact, long so) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new StoreException(
                    named(version, artifact) + " broke off after " + so + " of "
                            + version.blob(artifact).bytes() + " bytes (" + StoreException.reasonOf(e)
                            + "); check the connection to its store.",
                    e);
        }
    }

    private static UncheckedIOException unwritable(Path target, IOException e) {
        return new UncheckedIOException(
                "The file " + target + " cannot be written (" + StoreException.reasonOf(e) + ").", e);
    }

    /**
     * Returns all artifacts of a version, in memory.
     *
     * @throws RegistryException when an artifact is missing, or its bytes are not those that the manifest names
     */
    public Map<Artifact, byte[]> read(StudentVersion version) {
        Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
        version.artifacts().forEach((artifact, blob) -> {
            byte[] bytes = source.read(blob.key(), blob.bytes()).orElseThrow(() -> missing(version, artifact));
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
            throw unwritable(part, e);
        }
    }
}
