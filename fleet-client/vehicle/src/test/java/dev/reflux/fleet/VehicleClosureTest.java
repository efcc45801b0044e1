package dev.reflux.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a vehicle installs: this module and the closure of its runtime dependencies, as Maven resolved them. */
class VehicleClosureTest {

    private static final int MOST_JARS = 12;
    private static final long MOST_BYTES = 6_000_000;

    /** Artifacts by the beginning of their file names; a module of this build is a folder or a jar. */
    private static final List<String> EXPECTED = List.of(
            "registry-client",
            "registry-format",
            "common-model",
            "jackson-annotations",
            "jackson-core",
            "jackson-databind",
            "java-json-canonicalization",
            "jspecify",
            "slf4j-api");

    @Test
    void givenTheVehiclesDependencies_whenResolved_thenTheyAreTheExpectedOnesAndNoOthers() throws IOException {
        List<String> names =
                closure().stream().map(VehicleClosureTest::artifact).toList();

        assertThat(names).containsExactlyInAnyOrderElementsOf(EXPECTED);
    }

    @Test
    void givenTheVehiclesDependencies_whenCountedAndWeighed_thenTheyAreFewAndSmall() throws IOException {
        List<Path> closure = closure();

        long bytes = Stream.concat(closure.stream(), Stream.of(Path.of("target/classes")))
                .mapToLong(VehicleClosureTest::bytes)
                .sum();

        assertThat(closure.size() + 1).as("jars, with the vehicle's own").isLessThanOrEqualTo(MOST_JARS);
        assertThat(bytes).as("bytes").isBetween(1_000_000L, MOST_BYTES);
    }

    private static List<Path> closure() throws IOException {
        return Stream.of(Files.readString(Path.of("target/vehicle-class-path")).split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    /** Returns the artifact of a jar in a repository or in a module's target folder, or of a module's classes. */
    private static String artifact(Path path) {
        if (Files.isDirectory(path)) {
            Path module = path.getParent().getParent();
            return EXPECTED.stream()
                    .filter(name -> name.endsWith("-" + module.getFileName()))
                    .findFirst()
                    .orElse(String.valueOf(path));
        }
        return String.valueOf(path.getFileName()).replaceFirst("-\\d.*", "");
    }

    private static long bytes(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
