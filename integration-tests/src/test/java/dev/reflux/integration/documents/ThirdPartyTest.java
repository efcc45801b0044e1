package dev.reflux.integration.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** THIRD-PARTY.md lists the libraries of the application, in the versions that Maven resolves. */
class ThirdPartyTest {

    private static final Pattern ROW =
            Pattern.compile("^\\| `[^`:]+:([^`]+)` \\| (\\S+) \\| (.+) \\|$", Pattern.MULTILINE);
    private static final Path CLASS_PATH = Page.HOME.resolve("app/target/classpath");

    @Test
    void givenTheApplicationsClassPath_whenComparedWithTheListOfLibraries_thenNoneIsMissingOrLeftOver()
            throws IOException {
        Set<String> jars = Stream.of(Files.readString(CLASS_PATH).split(File.pathSeparator))
                .map(Path::of)
                .filter(jar -> !jar.startsWith(Page.HOME))
                // A repository has a library under ARTIFACT/VERSION/FILE.
                .map(jar -> jar.getParent().getParent().getFileName() + " "
                        + jar.getParent().getFileName())
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> listed = ROW.matcher(Page.of("THIRD-PARTY.md").text())
                .results()
                .map(row -> row.group(1) + " " + row.group(2))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(listed)
                .as(".ci/third-party > THIRD-PARTY.md")
                .isEqualTo(jars)
                .hasSizeGreaterThan(50);
    }

    @Test
    void givenTheListOfLibraries_whenTheirLicensesAreRead_thenEachIsKnown() throws IOException {
        assertThat(ROW.matcher(Page.of("THIRD-PARTY.md").text()).results().map(row -> row.group(3)))
                .hasSizeGreaterThan(50)
                .doesNotContain("not stated in its pom");
    }
}
