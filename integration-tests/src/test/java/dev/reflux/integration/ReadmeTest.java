package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's shell blocks do what they say. The two commands that take long are what continuous integration runs. */
class ReadmeTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("^```sh\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final String QUICKSTART = "./reflux quickstart";
    private static final String VERIFY = "./mvnw verify";
    private static final int MINUTES = 3;

    @TempDir
    Path folder;

    @Test
    void givenTheReadme_whenItsTwoLongCommandsAreLookedFor_thenContinuousIntegrationRunsExactlyThose()
            throws IOException {
        List<String> commands =
                blocks().stream().flatMap(String::lines).map(String::strip).toList();

        List<String> ci = Files.readString(HOME.resolve(".ci/run"))
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("./"))
                .toList();

        assertThat(ci).containsExactly(QUICKSTART, VERIFY);
        assertThat(commands).containsAll(ci);
    }

    @Test
    void givenAShortQuickstart_whenTheOtherBlocksRun_thenEachSucceeds() throws Exception {
        Files.createSymbolicLink(folder.resolve("reflux"), HOME.resolve("reflux"));
        run(QUICKSTART + " --frames 40");

        for (String block : blocks()) {
            if (!block.strip().equals(QUICKSTART) && !block.strip().equals(VERIFY)) {
                run(block);
            }
        }

        assertThat(folder.resolve("vehicle/current/student.pt")).isRegularFile();
        assertThat(folder.resolve("reflux-quickstart/report.html")).isRegularFile();
    }

    private static List<String> blocks() throws IOException {
        Matcher matcher = BLOCK.matcher(Files.readString(HOME.resolve("README.md")));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        assertThat(blocks).hasSizeGreaterThan(2);
        return blocks;
    }

    /** What Maven has compiled in this run is what the launcher uses; building inside a build would be a mess. */
    private void run(String block) throws IOException, InterruptedException {
        Path log = folder.resolve("block.log");
        ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", block)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("REFLUX_SKIP_BUILD", "1");
        builder.environment().put("REFLUX_JAVA_OPTS", "-Xmx1g");
        Process process = builder.start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("ends within %d minutes: %s", MINUTES, block).isTrue();
        assertThat(process.exitValue()).as(block + "\n" + Files.readString(log)).isZero();
    }
}
