package dev.reflux.lab.learning;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * Finished runs on disk. A run is stored whole or not at all, so a killed benchmark loses only its current run. Runs of
 * other settings are refused.
 */
final class RunStore {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path folder;

    private RunStore(Path folder) {
        this.folder = folder;
    }

    /** @throws UsageException if the folder holds runs that must not be resumed, or cannot be written */
    static RunStore open(LearningSettings settings) {
        Path folder = settings.out().resolve("runs");
        Path fingerprint = folder.resolve("settings.json");
        try {
            Files.createDirectories(folder);
            if (Files.exists(fingerprint)) {
                refuseOthers(settings, JSON.readValue(fingerprint.toFile(), new TypeReference<>() {}));
            } else {
                write(fingerprint, settings.fingerprint());
            }
        } catch (IOException e) {
            throw new UsageException("The folder " + settings.out() + " cannot be used; choose another --out.", e);
        }
        return new RunStore(folder);
    }

    private static void refuseOthers(LearningSettings settings, Map<String, String> there) {
        if (!settings.resume()) {
            throw new UsageException("The folder " + settings.out()
                    + " holds runs already; add --resume to go on with them, or choose another --out.");
        }
        settings.fingerprint().forEach((name, value) -> {
            if (!value.equals(there.get(name))) {
                throw new UsageException("The runs in " + settings.out() + " were made with " + name + " "
                        + there.get(name) + ", not " + value + "; choose another --out.");
            }
        });
    }

    /** Returns a file of this store that is not a run. */
    Path file(String name) {
        return folder.resolve(name);
    }

    Optional<RunResult> find(RunResult.Key key) {
        return read(key.file(), new TypeReference<RunResult>() {});
    }

    <T> Optional<T> read(String name, TypeReference<T> type) {
        Path file = folder.resolve(name);
        try {
            return Files.exists(file) ? Optional.of(JSON.readValue(file.toFile(), type)) : Optional.empty();
        } catch (IOException e) {
            throw new UsageException("The stored run " + file + " cannot be read; delete it to run it again.", e);
        }
    }

    void store(RunResult result) {
        write(folder.resolve(result.key().file()), result);
    }

    /** Writes a file whole or not at all. */
    static void write(Path file, Object value) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            JSON.writeValue(part.toFile(), value);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
