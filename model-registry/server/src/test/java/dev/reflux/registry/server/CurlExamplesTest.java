package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Types the page's examples against a server, where curl is installed. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CurlExamplesTest {

    private static final String ENDLESS = "streamAliasEvents";

    private Path directory;
    private ServedRegistry served;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        assumeTrue(isInstalled(), "curl is not installed");
        this.directory = directory;
        served = ServedRegistry.start(directory);
        served.publishTwo("student");
        served.registry().aliases().point("student", "champion", 1, "test", "");
        served.registry().aliases().point("student", "champion", 2, "test", "");
        served.registry().tags().put("student", 2, "weather", Optional.of("fog"));
    }

    @AfterAll
    void close() throws Exception {
        if (served != null) {
            served.close();
        }
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("curl", "--version")
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static Stream<String> examples() {
        return ContractCheck.contract().operations().stream()
                .filter(operation -> !example(operation).isEmpty())
                .map(Operation::getOperationId)
                .filter(id -> !id.equals(ENDLESS))
                .sorted();
    }

    private static String example(Operation operation) {
        return operation.getOpenAPIModel().getJsonArray("x-codeSamples", new JsonArray()).stream()
                .map(sample -> ((JsonObject) sample).getString("source"))
                .findFirst()
                .orElse("");
    }

    @Test
    void givenWhatAReaderMayDo_whenTheContractIsRead_thenEachOperationHasAnExample() {
        List<Operation> readers = ContractCheck.contract().operations().stream()
                .filter(operation -> !ApiContract.role(operation).equals(Optional.of(Role.ADMIN)))
                .toList();

        assertThat(readers).hasSizeGreaterThan(10).allSatisfy(operation -> assertThat(example(operation))
                .as(operation.getOperationId())
                .contains("curl "));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void givenAnExample_whenTyped_thenItSucceedsAndGivesTheAnswer(String operationId) throws Exception {
        Path folder = Files.createDirectory(directory.resolve(operationId));
        Process shell = type(operationId, folder);

        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(shell.waitFor()).as(output).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> written = files.toList();
            assertThat(written.isEmpty() ? output : Files.readString(written.get(0)))
                    .containsPattern(
                            switch (operationId) {
                                case "getArtifact" -> "^student.pt 2$";
                                case "getObject" -> "^(student.pt|weights.safetensors|student.json) [12]$";
                                case "reportRegression" -> "^\\{\"recorded\":true}$";
                                default -> "^\\s*\\{\\s*\"";
                            });
        }
    }

    @Test
    void givenTheExampleOfAStream_whenTyped_thenTheFirstEventIsTheNewestChange() throws Exception {
        Process shell = type(ENDLESS, directory);

        try (BufferedReader lines = shell.inputReader(StandardCharsets.UTF_8)) {
            String data = lines.lines()
                    .filter(line -> line.startsWith("data: "))
                    .findFirst()
                    .orElse("");
            assertThat(new JsonObject(data.substring("data: ".length())).getLong("version"))
                    .isEqualTo(2);
        } finally {
            shell.descendants().forEach(ProcessHandle::destroy);
            shell.destroy();
            assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Process type(String operationId, Path folder) throws IOException {
        ProcessBuilder shell = new ProcessBuilder(
                        "bash",
                        "-e",
                        "-o",
                        "pipefail",
                        "-c",
                        example(ContractCheck.contract().operation(operationId)))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        shell.environment().put("REGISTRY", served.server().address().toString());
        shell.environment().put("TOKEN", ServedRegistry.READER);
        return shell.start();
    }
}
