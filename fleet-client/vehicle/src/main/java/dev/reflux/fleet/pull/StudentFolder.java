package dev.reflux.fleet.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.LogKeys;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder of a vehicle for one model line:
 *
 * <pre>
 * current → versions/00000042        the version in use; a link, replaced by one rename
 * versions/00000042/student.pt       …and the other files
 * versions/00000042/pulled.json      model, version, hash of each file; written last, so a folder with it is complete
 * </pre>
 *
 * After a kill at any point, {@code current} is the old student or the new one. One caller at a time.
 */
final class StudentFolder {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CURRENT = "current";
    private static final String VERSIONS = "versions";
    private static final String RECORD = "pulled.json";
    private static final String PART = ".part";

    private final Path root;

    StudentFolder(Path root) {
        this.root = root;
        try {
            Files.createDirectories(root.resolve(VERSIONS));
        } catch (IOException e) {
            throw new UsageException(
                    "The folder " + root + " cannot be used (" + e.getMessage() + "); give another one.", e);
        }
    }

    private Path folderOf(long version) {
        return root.resolve(VERSIONS).resolve(LogKeys.padded(version));
    }

    /** Creates an empty folder to download to. */
    Path begin(long version) {
        Path part = root.resolve(VERSIONS).resolve(LogKeys.padded(version) + PART);
        try (Stream<Path> folders = Files.list(root.resolve(VERSIONS))) {
            // What a killed pull of any version left takes up space.
            for (Path left :
                    folders.filter(path -> path.toString().endsWith(PART)).toList()) {
                remove(left);
            }
            Files.createDirectories(part);
            return part;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Removes what was downloaded of a version that was refused. */
    void discard(Path part) {
        try {
            remove(part);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Returns the bytes that the disk has room for; 0 when it does not say. */
    long usableBytes() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    private UncheckedIOException unwritable(IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new UncheckedIOException("The folder " + root + " cannot be written (" + why + ").", e);
    }

    /** Makes the downloaded files those of the version. */
    PulledStudent finish(StudentVersion version, Path part) {
        Map<String, Object> record = new TreeMap<>();
        record.put("model", version.model());
        record.put("version", version.version());
        Map<String, String> hashes = new TreeMap<>();
        version.artifacts().forEach((Artifact artifact, StudentVersion.Blob blob) -> {
            if (Files.exists(part.resolve(artifact.fileName()))) {
                hashes.put(artifact.fileName(), blob.sha256());
            }
        });
        record.put("sha256", hashes);
        Path folder = folderOf(version.version());
        try {
            Files.write(part.resolve(RECORD), JSON.writeValueAsBytes(record));
            if (Files.isDirectory(folder)) {
                // The same version was found damaged before: its files are replaced.
                remove(folder);
            }
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(e);
        }
        return new PulledStudent(version.model(), version.version(), folder);
    }

    /** Makes a student the current one, by one rename. */
    void use(PulledStudent student) {
        Path next = root.resolve(CURRENT + PART);
        try {
            Files.deleteIfExists(next);
            Files.createSymbolicLink(
                    next, Path.of(VERSIONS, String.valueOf(student.folder().getFileName())));
            Files.move(
                    next, root.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Returns the number that {@code current} points at; empty before the first student. */
    Optional<Long> currentVersion() {
        try {
            String name =
                    String.valueOf(Files.readSymbolicLink(root.resolve(CURRENT)).getFileName());
            return name.matches("[0-9]{8}") ? Optional.of(Long.parseLong(name)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UsageException(root.resolve(CURRENT) + " is not the link that a pull creates; move it away.", e);
        }
    }

    /** Returns a version; empty unless all its files exist and have the hashes of the pull. */
    Optional<PulledStudent> intact(long version) {
        Path folder = folderOf(version);
        try {
            JsonNode record = JSON.readTree(Files.readAllBytes(folder.resolve(RECORD)));
            // After a power loss a record may be empty: it names no files then, and proves nothing.
            if (!record.path("sha256").has(Artifact.STUDENT.fileName())
                    || !record.path("sha256").has(Artifact.CARD.fileName())) {
                return Optional.empty();
            }
            for (var entry : record.path("sha256").properties()) {
                boolean known = Stream.of(Artifact.values())
                        .anyMatch(artifact -> artifact.fileName().equals(entry.getKey()));
                if (!known
                        || !Sha256.hex(folder.resolve(entry.getKey()))
                                .equals(entry.getValue().asText())) {
                    return Optional.empty();
                }
            }
            return Optional.of(new PulledStudent(record.path("model").asText(), version, folder));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Returns whether a student on disk is a version of a registry: of the same model, with the manifest's hashes. */
    boolean isOf(PulledStudent student, StudentVersion version) {
        try {
            JsonNode record = JSON.readTree(Files.readAllBytes(student.folder().resolve(RECORD)));
            return student.model().equals(version.model())
                    && Stream.of(Artifact.STUDENT, Artifact.CARD).allMatch(artifact -> version.blob(artifact)
                            .sha256()
                            .equals(record.path("sha256")
                                    .path(artifact.fileName())
                                    .asText()));
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the folder itself. */
    Path root() {
        return root;
    }

    /** Returns the numbers of the versions on disk, the newest first. */
    List<Long> versions() {
        try (Stream<Path> folders = Files.list(root.resolve(VERSIONS))) {
            return folders.map(folder -> String.valueOf(folder.getFileName()))
                    .filter(name -> name.matches("[0-9]{8}"))
                    .map(Long::parseLong)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Removes all versions except the newest ones and the one in use. */
    void prune(int keep) {
        long inUse = currentVersion().orElse(-1L);
        List<Long> others = new ArrayList<>(versions());
        others.remove(inUse);
        others.stream().skip(keep - 1L).forEach(version -> {
            try {
                remove(folderOf(version));
            } catch (IOException e) {
                throw unwritable(e);
            }
        });
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
