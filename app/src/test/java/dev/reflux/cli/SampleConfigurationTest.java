package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.launch.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleConfigurationTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void launchedFromACheckout() {
        System.setProperty(
                "reflux.home", Path.of("..").toAbsolutePath().normalize().toString());
    }

    @AfterEach
    void launchedFromNowhere() {
        System.clearProperty("reflux.home");
    }

    @ParameterizedTest
    @ValueSource(strings = {"teacher", "trainer"})
    void givenTheSample_whenItIsChecked_thenItIsInOrder(String service) throws Exception {
        reflux(service, "--sample-config");
        Path secret = Files.writeString(folder.resolve("store-secret-key"), "secret\n");
        Path file = Files.writeString(
                folder.resolve("sample.yaml"), out.toString().replace("store-secret-key", secret.toString()));

        int code = reflux(service, "--config", file.toString(), "--check-config");

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains("is valid.");
    }

    @Test
    void givenTheSamples_whenThePageThatTheyNameIsLookedUp_thenItExists() {
        reflux("teacher", "--sample-config");
        reflux("trainer", "--sample-config");

        assertThat(out.toString()).contains("docs/configuration.md");
        assertThat(Path.of("../docs/configuration.md")).isRegularFile();
    }

    private int reflux(String... words) {
        return RefluxCommandLine.of(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        new Failures(false, false, List.of()),
                        List.of(words))
                .execute(words);
    }
}
