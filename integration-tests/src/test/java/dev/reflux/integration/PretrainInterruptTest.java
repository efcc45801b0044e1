package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.integration.process.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pre-training that is told to end, as a process. */
class PretrainInterruptTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> ENDLESS = List.of(
            "pretrain", "--model", "../models/student-cnn.json", "--dataset", "synthetic:1,40", "--size", "96x64");

    @TempDir
    Path folder;

    private ServiceProcess start(String log) {
        List<String> arguments = new ArrayList<>(ENDLESS);
        arguments.addAll(List.of("--batch", "4", "--epochs", "1000", "--threads", "1", "--name", "endless"));
        arguments.addAll(List.of("--out", folder.resolve("out").toString()));
        return ServiceProcess.start(folder.resolve(log), Map.of(), arguments);
    }

    @Test
    void givenAPretrainingUnderWay_whenToldToEnd_thenItEndsBehindACheckpointAndSaysHowToGoOn() {
        try (ServiceProcess first = start("first.log")) {
            await().atMost(PATIENCE).until(() -> first.said().contains("step "));

            first.askToEnd();

            await().atMost(PATIENCE).until(() -> !first.alive());
            assertThat(first.said())
                    .containsPattern("Interrupted after [1-9][0-9]* steps; the same command goes on from there\\.")
                    .doesNotContain("SIGSEGV");
        }
        assertThat(folder.resolve("out")).isDirectoryContaining("glob:**checkpoint*");
    }
}
