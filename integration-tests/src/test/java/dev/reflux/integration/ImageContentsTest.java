package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each image has the class path of its own module, as Maven resolves it, and no library beside it. */
class ImageContentsTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path LISTS = Path.of("src/test/resources/images");
    private static final String REGENERATE = "reflux.regenerate";

    /** An image: the module whose class path it has, and what must never be in it. */
    enum Image {
        TEACHER(
                "teacher-service/service",
                "minio|okhttp.*|vertx-web|datasets|evaluation|registry-.*|model-registry/.*"),
        TRAINER("student-trainer/service", "vertx-.*|netty-.*|datasets|teacher-service/.*|model-registry/server"),
        REGISTRY(
                "model-registry/server", "kafka-.*|api|pytorch-.*|torch-runtime|datasets|common/kafka|common/messages"),
        TOOLS("app", "none");

        /** What runs in tests, on a developer's machine or in a benchmark only. */
        private static final String NEVER_IN_A_SERVICE =
                "embedded|s3proxy|jclouds-.*|jetty-.*|kafka_2.13|scala-.*|app|fleet-client/.*";

        private static final String NEVER =
                "lab|benchmarks|jmh-.*|junit-.*|assertj-.*|testcontainers.*|error_prone_core";

        private final Path module;
        private final Pattern strangers;

        Image(String module, String strangers) {
            this.module = HOME.resolve(module);
            this.strangers = Pattern.compile(
                    strangers + "|" + NEVER + (strangers.equals("none") ? "" : "|" + NEVER_IN_A_SERVICE));
        }

        /** Returns the artifacts by name; those of this build by their folder. */
        List<String> artifacts() throws IOException {
            String paths = Files.readString(module.resolve("target/classpath"));
            return Stream.concat(Arrays.stream(paths.split(":")).map(Path::of).map(Image::nameOf), Stream.of(own()))
                    .sorted()
                    .toList();
        }

        private String own() {
            return HOME.relativize(module).toString();
        }

        private static String nameOf(Path entry) {
            if (entry.startsWith(HOME)) {
                String folder = HOME.relativize(entry).toString();
                return folder.substring(0, folder.indexOf("/target/"));
            }
            // A local repository has .../ARTIFACT/VERSION/FILE.
            return entry.getParent().getParent().getFileName().toString();
        }

        Path list() {
            return LISTS.resolve(name().toLowerCase(Locale.ROOT) + ".txt");
        }
    }

    @ParameterizedTest
    @EnumSource
    void givenAnImage_whenItsClassPathIsResolved_thenItIsTheListOfTheImage(Image image) throws IOException {
        List<String> artifacts = image.artifacts();

        if (Boolean.getBoolean(REGENERATE)) {
            Files.write(image.list(), artifacts);
        }
        assertThat(artifacts)
                .as("./mvnw -pl integration-tests -am test -Dtest=ImageContentsTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -D" + REGENERATE
                        + "=true, then see what has changed")
                .containsExactlyElementsOf(Files.readAllLines(image.list()));
    }

    @ParameterizedTest
    @EnumSource
    void givenAnImage_whenItsClassPathIsResolved_thenNoStrangerIsOnIt(Image image) throws IOException {
        List<String> artifacts = image.artifacts();

        assertThat(artifacts).hasSizeGreaterThan(50).noneMatch(image.strangers.asMatchPredicate());
    }

    @Test
    void givenTheModulesOfTheBuild_whenComparedWithTheBuildContextOfTheImages_thenEachProjectFileIsInIt()
            throws IOException {
        List<String> ignored = Files.readAllLines(HOME.resolve(".dockerignore"));
        List<String> modules = Pattern.compile("<module>([^<]+)</module>")
                .matcher(Files.readString(HOME.resolve("pom.xml")))
                .results()
                .map(module -> module.group(1))
                .toList();

        List<String> absent = modules.stream()
                .filter(module -> !ignored.contains("!" + module) && !ignored.contains("!" + module + "/pom.xml"))
                .toList();

        assertThat(modules).hasSizeGreaterThan(10);
        assertThat(absent)
                .as("modules that Maven would not find in the image that builds")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"teacher", "trainer", "registry", "tools"})
    void givenTheTableOfImages_whenComparedWithTheLists_thenTheNumberOfJarsIsTheSame(String image) throws IOException {
        List<String> jars = Files.readAllLines(LISTS.resolve(image + ".txt"));
        // libtorch is laid out as plain files.
        long inTheImage =
                jars.stream().filter(jar -> !jar.equals("pytorch-native-cpu")).count();

        Map<String, String> rows = Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|]*\\| [^|]*\\| (\\d+) \\|")
                .matcher(Files.readString(HOME.resolve("docs/containers.md")))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));

        assertThat(rows).containsEntry(image, String.valueOf(inTheImage));
    }
}
