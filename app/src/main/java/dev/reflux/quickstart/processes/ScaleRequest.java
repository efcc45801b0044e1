package dev.reflux.quickstart.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A number of teachers that another process asks a supervisor for, as a file. */
final class ScaleRequest {

    private final Path file;

    /** @param folder the folder of the supervisor */
    ScaleRequest(Path folder) {
        this.file = folder.resolve("teachers.wanted");
    }

    void send(int teachers) {
        try {
            Files.writeString(file, String.valueOf(teachers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the request and returns its number; empty if there is none, or if it is still being written. */
    OptionalInt take() {
        try {
            if (!Files.exists(file)) {
                return OptionalInt.empty();
            }
            String text = Files.readString(file).strip();
            if (!text.matches("[1-9]\\d{0,2}")) {
                return OptionalInt.empty();
            }
            Files.delete(file);
            return OptionalInt.of(Integer.parseInt(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void clear() throws IOException {
        Files.deleteIfExists(file);
    }
}
