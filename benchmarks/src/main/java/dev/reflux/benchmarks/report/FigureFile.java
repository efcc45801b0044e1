package dev.reflux.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A benchmark's figures as a file.
 *
 * @param benchmark its name, such as {@code loss}
 * @param machine on which it ran
 * @param measured when it ended, to the second, UTC
 * @param figures a record of the benchmark's own
 */
public record FigureFile(String benchmark, Machine machine, String measured, Object figures) {

    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    /** Returns figures measured now on this machine. */
    public static FigureFile now(String benchmark, Object figures) {
        return new FigureFile(
                benchmark,
                Machine.here(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                figures);
    }

    /**
     * Writes {@code <benchmark>.json} into a folder, which is created if it is missing.
     *
     * @throws UsageException when it cannot be written
     */
    public Path write(Path folder) {
        return writeBeside(folder, benchmark + ".json", json());
    }

    /** Writes one more file of the same benchmark, such as a plot. */
    public static Path writeBeside(Path folder, String name, String content) {
        try {
            Files.createDirectories(folder);
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UsageException("The folder " + folder + " cannot be written; choose another --out.", e);
        }
    }

    /** Returns the content of the file. */
    public String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (IOException e) {
            throw new IllegalStateException("figures are records of numbers and words", e);
        }
    }
}
