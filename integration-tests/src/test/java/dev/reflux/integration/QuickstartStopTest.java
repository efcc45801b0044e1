package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.integration.process.CtrlC;
import dev.reflux.integration.process.TestPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in a quickstart, as a process of its own. */
class QuickstartStopTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private Process process;

    @AfterEach
    void nothingStays() {
        process.destroyForcibly();
    }

    @Test
    void givenAQuickstartBehindItsFirstVersion_whenInterrupted_thenItEndsSoonOrSaysWhatItWaitsForAndGoesNoFurther()
            throws Exception {
        process = quickstart();
        await().atMost(PATIENCE).until(() -> !process.isAlive() || said().contains("published v1"));
        assertThat(process.isAlive()).as(said()).isTrue();

        int code = CtrlC.send(process.toHandle());

        await().atMost(Duration.ofMinutes(1)).until(() -> !process.isAlive() || said().contains("\n  still "));
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said()).isEqualTo(code);
        assertThat(said())
                .contains("Stopping.")
                .contains("The same command goes on")
                .doesNotContain("pulled version");
        assertThat(folder.resolve("run/report.json")).doesNotExist();
    }

    private Process quickstart() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        List.of(HOME.resolve("reflux").toString(), "quickstart", "--frames", "120", "--out", "run"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("run.log").toFile());
        builder.environment().put("REFLUX_SKIP_BUILD", "1");
        builder.environment().put("REFLUX_JAVA_OPTS", TestPlace.launcherOptions("-Xmx1g"));
        return builder.start();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("run.log"));
    }
}
