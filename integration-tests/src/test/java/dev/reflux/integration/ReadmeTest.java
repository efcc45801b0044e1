package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.integration.process.CtrlC;
import dev.reflux.integration.process.TestPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's shell blocks do what they say, from top to bottom. A fence says what a block is: {@code sh} ends by itself;
 * {@code sh until Ctrl-C} runs beside the block after it; {@code sh needs …} is not run here, its commands are parsed by
 * the command line's own tests. The two commands that take long are what continuous integration runs.
 */
class ReadmeTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern FENCE = Pattern.compile("^```sh(.*)\\n((?s:.*?))^```", Pattern.MULTILINE);
    private static final String QUICKSTART = "./reflux quickstart";
    private static final String VERIFY = "./mvnw verify";
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    /** A block of the README. */
    private record Block(String kind, String commands) {}

    @TempDir
    Path folder;

    @Test
    void givenTheReadme_whenItsTwoLongCommandsAreLookedFor_thenContinuousIntegrationRunsExactlyThose()
            throws IOException {
        List<String> commands = blocks().stream()
                .flatMap(block -> block.commands().lines())
                .map(String::strip)
                .toList();

        List<String> ci = Files.readString(HOME.resolve(".ci/run"))
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("./"))
                .toList();

        assertThat(ci).containsExactly(QUICKSTART, VERIFY);
        assertThat(commands).containsAll(ci);
    }

    @Test
    void givenTheReadme_whenTypedFromTopToBottom_thenEachBlockSucceeds() throws Exception {
        for (String part : List.of("reflux", "models", "containers", "k8s")) {
            Files.createSymbolicLink(folder.resolve(part), HOME.resolve(part));
        }

        for (int i = 0; i < blocks().size(); i++) {
            Block block = blocks().get(i);
            switch (block.kind()) {
                case "" -> run(block.commands());
                case "until Ctrl-C" ->
                    runBeside(block.commands(), blocks().get(++i).commands());
                default -> assertThat(block.kind()).startsWith("needs ");
            }
        }

        assertThat(folder.resolve("reflux-quickstart/report.html")).isRegularFile();
        assertThat(folder.resolve("my-run/report.html")).isRegularFile();
        for (String vehicle : List.of("vehicle", "dev-vehicle")) {
            assertThat(folder.resolve(vehicle).resolve("current/student.pt")).isRegularFile();
        }
    }

    @Test
    void givenTheReadmesKustomizations_whenLookedFor_thenEachIsThere() throws IOException {
        List<String> applied = blocks().stream()
                .flatMap(block -> block.commands().lines())
                .filter(line -> line.startsWith("kubectl apply -k "))
                .map(line -> line.substring("kubectl apply -k ".length()))
                .toList();

        assertThat(applied).isNotEmpty().allSatisfy(path -> assertThat(
                        HOME.resolve(path).resolve("kustomization.yaml"))
                .isRegularFile());
    }

    private static List<Block> blocks() throws IOException {
        Matcher fence = FENCE.matcher(Files.readString(HOME.resolve("README.md")));
        List<Block> blocks = new ArrayList<>();
        while (fence.find()) {
            blocks.add(new Block(fence.group(1).strip(), fence.group(2)));
        }
        assertThat(blocks).hasSizeGreaterThan(8);
        return blocks;
    }

    /** Returns the same commands on less data, and on a port that is free. */
    private String small(String block) {
        return block.replaceAll("(?m)^" + Pattern.quote(QUICKSTART) + "$", QUICKSTART + " --frames 24")
                .replace("--frames 60", "--frames 12")
                .replace("--epochs 10", "--epochs 1")
                .replaceAll("(?m)^\\./mvnw.*$", "")
                .replace("8088", String.valueOf(registryPort));
    }

    private final int registryPort = LoopbackPorts.free();

    private void run(String block) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "block", ".log");
        Process process = start(small(block), log);
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ends within %s: %s", PATIENCE, block).isTrue();
        assertThat(process.exitValue()).as(block + "\n" + Files.readString(log)).isZero();
    }

    /** The second block is typed when the first has come as far as the README says. */
    private void runBeside(String stays, String beside) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "stays", ".log");
        Process process = start("exec " + small(stays), log);
        try {
            await().atMost(PATIENCE).until(() -> !process.isAlive() || hasChampion(folder.resolve("reflux-dev")));
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
            run(beside);
            int code = CtrlC.send(process.toHandle());
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(code);
        } finally {
            process.destroy();
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static boolean hasChampion(Path out) {
        if (!Files.exists(out.resolve("store"))) {
            return false;
        }
        try (var files = Files.walk(out.resolve("store"))) {
            return files.anyMatch(file -> file.toString().contains("/aliases/champion/"));
        } catch (IOException | UncheckedIOException e) {
            // The store moves files while they are listed.
            return false;
        }
    }

    /** What Maven has compiled in this run is what the launcher uses; building inside a build would be a mess. */
    private Process start(String block, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", block)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("REFLUX_SKIP_BUILD", "1");
        builder.environment().put("REFLUX_JAVA_OPTS", TestPlace.launcherOptions("-Xmx1g"));
        return builder.start();
    }
}
