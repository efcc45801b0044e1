package dev.reflux.benchmarks.memory;

import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Reads the resident set of this process, Java heap and libtorch together, as Linux reports it. Thread-safe. */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "VmRSS:";

    private ResidentMemory() {}

    /** @throws UsageException if the operating system does not report it */
    static double mebibytes() {
        return mebibytes(STATUS);
    }

    static double mebibytes(Path status) {
        try (Stream<String> lines = Files.lines(status)) {
            String line = lines.filter(one -> one.startsWith(LINE))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no line " + LINE));
            return Long.parseLong(
                            line.substring(LINE.length()).replace("kB", "").strip())
                    / 1024.0;
        } catch (IOException e) {
            throw new UsageException(
                    "The resident memory of this process cannot be read from " + status
                            + "; run the memory benchmark on Linux.",
                    e);
        }
    }
}
