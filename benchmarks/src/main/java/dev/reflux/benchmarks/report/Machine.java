package dev.reflux.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine on which a figure was measured.
 *
 * @param processor model name of the processor, as the operating system reports it
 * @param cores number of processors that this process may use
 * @param java version of the running JVM
 * @param os name and architecture of the operating system
 */
public record Machine(String processor, int cores, String java, String os) {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Returns the machine on which this JVM runs. */
    public static Machine here() {
        return new Machine(
                processorName(CPU_INFO),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    /** Returns the first model name in a file of Linux' cpuinfo format, or "unknown processor" where there is none. */
    static String processorName(Path cpuInfo) {
        try (var lines = Files.lines(cpuInfo)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }

    @Override
    public String toString() {
        return processor + ", " + cores + " cores, Java " + java + ", " + os;
    }
}
