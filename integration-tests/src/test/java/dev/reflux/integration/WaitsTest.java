package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** On a loaded machine a wait that is too short fails a test whose subject is right. */
class WaitsTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final int LEAST_SECONDS = 30;
    /** Without a limit of its own, Awaitility waits for 10 s. */
    private static final Pattern UNLIMITED = Pattern.compile("\\bawait\\(\\)\\s*\\.(until|untilAsserted)\\(");

    private static final Pattern SECONDS =
            Pattern.compile("(?:atMost\\(|PATIENCE = )Duration\\.ofSeconds\\((\\d+)\\)|@Timeout\\((\\d+)\\)");

    @Test
    void givenTheTests_whenTheirWaitsAreRead_thenNoneEndsBeforeHalfAMinute() throws IOException {
        List<String> hasty = new ArrayList<>();

        for (Path file : tests()) {
            String source = Files.readString(file);
            hasty(source).forEach(wait -> hasty.add(HOME.relativize(file) + ": " + wait));
        }

        assertThat(hasty).isEmpty();
    }

    private static List<String> hasty(String source) {
        List<String> found = new ArrayList<>();
        Matcher unlimited = UNLIMITED.matcher(source);
        while (unlimited.find()) {
            found.add(unlimited.group());
        }
        Matcher limited = SECONDS.matcher(source);
        while (limited.find()) {
            String seconds = limited.group(1) == null ? limited.group(2) : limited.group(1);
            if (Integer.parseInt(seconds) < LEAST_SECONDS) {
                found.add(limited.group());
            }
        }
        return found;
    }

    private static List<Path> tests() throws IOException {
        try (Stream<Path> files = Files.walk(HOME)) {
            List<Path> tests = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/test/"))
                    .filter(file -> !file.endsWith("WaitsTest.java"))
                    .toList();
            assertThat(tests).hasSizeGreaterThan(200);
            return tests;
        }
    }
}
