package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.launch.Failures;
import dev.reflux.quickstart.processes.RunFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One run works in a folder at a time. */
class RunFolderTest {

    @TempDir
    Path folder;

    private final StringWriter said = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"quickstart", "dev up"})
    void givenARunInAFolder_whenAnotherOneIsStartedAfreshThere_thenASentenceSaysSoAndTheFirstIsUnharmed(String command)
            throws Exception {
        Path record = Files.createDirectories(folder.resolve("work")).resolve("history.jsonl");
        Files.writeString(record, "of the first run");
        try (RunFolder first = RunFolder.take(folder)) {

            int code = reflux((command + " --fresh --out " + folder).split(" "));

            assertThat(code).isEqualTo(Failures.USAGE);
        }
        assertThat(said.toString())
                .isEqualToIgnoringNewLines("reflux: Another run works in the folder " + folder
                        + "; end it first or choose another --out.");
        assertThat(record).hasContent("of the first run");
    }

    @Test
    void givenOrphansOfAKilledRun_whenTheNextOneIsStarted_thenTheyAreEndedBeforeItAsksForTheirPorts() throws Exception {
        Process orphan = new ProcessBuilder("sleep", "600").start();
        try {
            long startedAt = orphan.info().startInstant().orElseThrow().toEpochMilli();
            Files.writeString(
                    Files.createDirectories(dev.reflux.quickstart.DevPlan.stateFolder(folder))
                            .resolve("dev.json"),
                    "{\"supervisor\":1,\"processes\":[{\"name\":\"broker\",\"pid\":" + orphan.pid() + ",\"startedAt\":"
                            + startedAt + ",\"ready\":\"\",\"isReady\":true}]}");

            int code = reflux("dev", "up", "--out", folder.toString(), "--dataset", "folder:" + folder.resolve("none"));

            assertThat(code).isEqualTo(Failures.USAGE);
            await().atMost(Duration.ofMinutes(1)).until(() -> !orphan.isAlive());
            assertThat(said.toString()).contains("killed 1 processes of an earlier run");
        } finally {
            orphan.destroyForcibly();
        }
    }

    @Test
    void givenAFileInPlaceOfTheFolder_whenARunIsStarted_thenASentenceSaysSo() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        int code = reflux("quickstart", "--out", file.toString());

        assertThat(code).isEqualTo(Failures.USAGE);
        assertThat(said.toString())
                .isEqualToIgnoringNewLines("reflux: The folder " + file + " cannot be written; choose another --out.");
    }

    private int reflux(String... words) {
        PrintWriter err = new PrintWriter(said, true);
        System.setProperty(
                "reflux.home", Path.of("..").toAbsolutePath().normalize().toString());
        return RefluxCommandLine.execute(new PrintWriter(new StringWriter()), err, words);
    }
}
