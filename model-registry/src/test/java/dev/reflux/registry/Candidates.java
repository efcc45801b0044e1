package dev.reflux.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** Small students: every file's content says whose it is. */
public final class Candidates {

    private final Path directory;

    public Candidates(Path directory) {
        this.directory = directory;
    }

    public CandidateStudent of(String content, long parent) {
        try {
            Path folder = Files.createTempDirectory(directory, "candidate");
            Map<Artifact, Path> files = new EnumMap<>(Artifact.class);
            for (Artifact artifact : Artifact.values()) {
                files.put(
                        artifact,
                        Files.writeString(folder.resolve(artifact.fileName()), artifact.fileName() + " " + content));
            }
            return new CandidateStudent(
                    files,
                    new Lineage(parent, "teacher", "head", "synthetic-9", Map.of("samples-0", 7L), 3, 12),
                    Map.of("holdout.miou", 0.5),
                    Map.of("content", content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fetches every file and says whose they are; fails unless all are the same one's. */
    public String contentOf(ModelRegistry registry, StudentVersion version) {
        try {
            Path folder = Files.createTempDirectory(directory, "fetched");
            for (Artifact artifact : Artifact.values()) {
                Path file = folder.resolve(artifact.fileName());
                registry.download(version, artifact, file);
                String expected = artifact.fileName() + " " + version.config().get("content");
                if (!Files.readString(file).equals(expected)) {
                    throw new AssertionError("torn: " + Files.readString(file) + " where " + expected + " should be");
                }
            }
            return version.config().get("content");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
