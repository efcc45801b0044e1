package dev.reflux.integration.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each step of docs/walks.md names a file and a method of it that exist. */
class WalksTest {

    private static final Pattern STEP =
            Pattern.compile("^\\d+\\. \\[`(\\w+)\\.(\\w+)`\\]\\(\\.\\./([^)]+)\\)", Pattern.MULTILINE);
    private static final Pattern NUMBERED = Pattern.compile("^\\d+\\. ", Pattern.MULTILINE);
    private static final Pattern SOURCE = Pattern.compile(".*src/main/java/(.+)\\.java");

    /** A step as the page names it. */
    private record Step(String type, String method, String file) {}

    @Test
    void givenTheWalks_whenEachStepIsLookedUp_thenItsFileAndMethodExist() throws IOException {
        String text = Page.of("docs/walks.md").text();

        List<Step> steps = STEP.matcher(text)
                .results()
                .map(match -> new Step(match.group(1), match.group(2), match.group(3)))
                .toList();

        assertThat(steps)
                .as("steps with a file and a method")
                .hasSize((int) NUMBERED.matcher(text).results().count())
                .hasSizeGreaterThan(30)
                .allSatisfy(step -> {
                    Path file = Page.HOME.resolve(step.file());
                    assertThat(file).isRegularFile();
                    assertThat(file.getFileName()).hasToString(step.type() + ".java");
                    assertThat(methods(step.file())).contains(step.method());
                });
    }

    @Test
    void givenTheWalks_whenTheirHeadingsAreRead_thenThereIsOneForAFrameAVersionAndASetting() throws IOException {
        String text = Page.of("docs/walks.md").text();

        Stream<String> headings = text.lines().filter(line -> line.startsWith("## "));

        assertThat(headings).containsExactly("## A frame", "## A version", "## A setting");
    }

    private static List<String> methods(String path) throws ClassNotFoundException {
        var source = SOURCE.matcher(path);
        assertThat(source.matches()).as("main code: " + path).isTrue();
        Class<?> type = Class.forName(source.group(1).replace('/', '.'), false, WalksTest.class.getClassLoader());
        List<String> declared =
                Stream.of(type.getDeclaredMethods()).map(Method::getName).toList();
        return declared;
    }
}
