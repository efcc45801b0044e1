package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Model files that are not what their card promises, at the command line. */
class BadModelTest {

    private static final String FIXTURES = "../models/fixtures/";
    private static final List<String> TRAINER = List.of(
            "trainer.store.access-key=a", "trainer.kafka.bootstrap-servers=127.0.0.1:1", "trainer.compute.device=cpu");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void haveASecret() throws IOException {
        Files.writeString(folder.resolve("secret"), "s");
    }

    private int run(List<String> words) {
        return RefluxCommandLine.execute(new PrintWriter(out), new PrintWriter(err), words.toArray(new String[0]));
    }

    private void oneSentence(int code, String... parts) {
        List<String> said = err.toString().lines().toList();
        assertThat(code).as(err.toString()).isEqualTo(2);
        assertThat(said.stream().filter(line -> line.startsWith("reflux: "))).hasSize(1);
        assertThat(said.get(said.size() - 1))
                .startsWith("reflux: ")
                .endsWith(".")
                .contains(parts);
        assertThat(err.toString()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "wrong-sha.json, sha256",
        "wrong-contract.json, wrong-contract",
        "absent.json, absent.json",
    })
    void givenAModelThatIsNotWhatItsCardSays_whenEvaluated_thenOneSentenceSaysSo(String card, String word) {
        int code = run(List.of("evaluate", "--model", FIXTURES + card, "--dataset", "synthetic:1,8"));

        oneSentence(code, word);
    }

    @Test
    void givenAModelTracedInEvalMode_whenItIsToBeTrained_thenOneSentenceSaysHowToExportIt() {
        String out = folder.resolve("teacher").toString();

        int code = run(List.of(
                "pretrain",
                "--model",
                FIXTURES + "traced-eval.json",
                "--dataset",
                "synthetic:1,8",
                "--name",
                "mine",
                "--out",
                out));

        oneSentence(code, "torch.jit.script");
    }

    static Stream<List<String>> studentsThatWillNotDo() {
        return Stream.of(
                List.of("wrong-sha.json", "sha256"),
                List.of("wrong-contract.json", "wrong-contract"),
                List.of("traced-eval.json", "torch.jit.script"));
    }

    @ParameterizedTest
    @MethodSource("studentsThatWillNotDo")
    void givenAStudentThatWillNotDo_whenATrainerIsStartedWithIt_thenOneSentenceSaysSo(List<String> cardAndWord) {
        int code = run(trainer(cardAndWord.get(0)));

        oneSentence(code, cardAndWord.get(1));
    }

    @Test
    void givenAWrongHash_whenAConfigurationIsChecked_thenItIsNotInOrder() {
        List<String> words = new ArrayList<>(trainer("wrong-sha.json"));
        words.add("--check-config");

        int code = run(words);

        oneSentence(code, "sha256");
    }

    @Test
    void givenNumbersOutOfRange_whenAConfigurationIsChecked_thenOneSentenceNamesThemAll() {
        List<String> words = new ArrayList<>(trainer("tiny-student.json"));
        words.addAll(List.of("--set", "trainer.learning.updates=0", "--set", "trainer.loss.tau=0", "--check-config"));

        int code = run(words);

        oneSentence(code, "trainer.learning.updates", "trainer.loss.tau");
    }

    @Test
    void givenNoBroker_whenATrainerIsStarted_thenOneSentenceNamesTheSetting() {
        List<String> words = new ArrayList<>(trainer("tiny-student.json"));
        words.addAll(List.of(
                "--set", "trainer.kafka.properties.\"request.timeout.ms\"=500",
                "--set", "trainer.kafka.properties.\"default.api.timeout.ms\"=500"));

        int code = run(words);

        oneSentence(code, "127.0.0.1:1", "trainer.kafka.bootstrap-servers");
    }

    @Test
    void givenATeacherWithAWrongHash_whenAQuickstartIsStarted_thenItSaysSoAndLeavesNothing() {
        Path run = folder.resolve("run");

        int code = run(List.of("quickstart", "--teacher", FIXTURES + "wrong-sha.json", "--out", run.toString()));

        oneSentence(code, "sha256");
        assertThat(Files.exists(run)).isFalse();
    }

    private List<String> trainer(String card) {
        List<String> words = new ArrayList<>(List.of("trainer"));
        for (String setting : TRAINER) {
            words.addAll(List.of("--set", setting));
        }
        words.addAll(List.of("--set", "trainer.store.secret-key-file=" + folder.resolve("secret")));
        words.addAll(List.of("--set", "trainer.student.card=" + FIXTURES + card));
        words.addAll(List.of("--set", "trainer.checkpoint.folder=" + folder.resolve("checkpoints")));
        return words;
    }
}
