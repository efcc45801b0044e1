package dev.reflux.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a figure was measured on.
 *
 * @param processor as the system names it
 * @param cores that this process may use
 * @param java version of the running JVM
 * @param os name and architecture
 */
public record Machine(String processor, int cores, String java, String os) {

    /** The one that this JVM runs on. */
    public static Machine here() {
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    private static String processorName() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
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
