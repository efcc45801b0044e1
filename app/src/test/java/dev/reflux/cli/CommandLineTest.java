package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.launch.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String line) {
        return RefluxCommandLine.execute(
                new PrintWriter(out), new PrintWriter(err), line.isEmpty() ? new String[0] : line.split(" "));
    }

    static Stream<List<String>> everyCommand() {
        List<List<String>> all = new ArrayList<>();
        collect(
                RefluxCommandLine.of(
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(new StringWriter()),
                        new Failures(false, false, List.of()),
                        List.of("bench")),
                List.of(),
                all);
        return all.stream();
    }

    private static void collect(CommandLine command, List<String> path, List<List<String>> all) {
        all.add(path);
        command.getSubcommands().forEach((name, sub) -> {
            if (!name.equals("help")) {
                List<String> longer = new ArrayList<>(path);
                longer.add(name);
                collect(sub, longer, all);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void givenACommand_whenAskedForHelp_thenItShowsExamples(List<String> path) {
        List<String> words = new ArrayList<>(path);
        words.add("--help");

        int code = execute(String.join(" ", words));

        assertThat(code).isZero();
        assertThat(out.toString()).contains("Usage: reflux").contains("Examples:");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "quikstart",
                "fleet",
                "fleet push",
                "fleet push --dataset nothing",
                "fleet push --dataset synthetic --split winter",
                "fleet push --dataset synthetic --rate fast",
                "fleet push --dataset synthetic --label-every -1",
                "fleet push --dataset synthetic --labels-later -60",
                "fleet push --dataset camvid:/nowhere",
                "quickstart --learning-rate 0 --out /nowhere/run",
                "quickstart --frames 0 --out /nowhere/run",
                "quickstart --label-every -1 --out /nowhere/run",
                "quickstart --labels-later -60 --out /nowhere/run",
                "dev up --label-every -1 --out /nowhere/run",
                "dataset",
                "dataset export --dataset synthetic --frames 0 --out /nowhere/frames",
                "dataset export --dataset nothing --out /nowhere/frames",
                "dataset export --dataset synthetic --frames 1 --out ..",
                "fleet report --vehicle a --version 0 --metric m --value 1 --least 2 --local /nowhere",
                "fleet watch --vehicle a --canary-percent 101 --out b --local /nowhere",
                "models",
                "models list --local /nowhere",
                "models show",
                "teacher --config /nowhere.yaml",
                "teacher --set teacher.batch.siz=3 --check-config",
                "trainer --check-config",
                "evaluate --model /nowhere.json --dataset synthetic",
                "evaluate --modle x",
                "fit-projection --teacher /nowhere.json --dataset synthetic",
                "pretrain --model /nowhere.json --dataset synthetic --name a --out b --optimizer adam",
                "pretrain --model /nowhere.json --dataset synthetic --name a --out b --size 192",
            })
    void givenAUsersMistake_whenRun_thenExitCodeTwoAndOneSentence(String line) {
        int code = execute(line);

        List<String> said = err.toString().lines().toList();
        assertThat(code).isEqualTo(2);
        assertThat(said.get(0)).startsWith("reflux: ").matches(".*[.?]");
        assertThat(said).hasSizeLessThanOrEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evaluate --modle x", "fleet psh", "models lst"})
    void givenAWordThatIsNearlyRight_whenRun_thenTheRightOneIsSuggested(String line) {
        execute(line);

        assertThat(err.toString()).contains("did you mean \"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"teacher --list-config", "trainer --list-config"})
    void givenAService_whenAskedForItsSettings_thenEachHasDescriptionTypeDefaultAndVariable(String line) {
        int code = execute(line);

        assertThat(code).isZero();
        assertThat(out.toString())
                .matches("(?s)(teacher|trainer)\\..*")
                .containsPattern(
                        """
                        \\.kafka\\.topics-within
                            Longest wait at start for topics that do not exist yet\\.
                            type: ISO 8601 duration; default: PT2M; range: at least 0
                            variable: REFLUX_(TEACHER|TRAINER)_KAFKA_TOPICS_WITHIN
                        """)
                .containsPattern(
                        """
                        \\.compute\\.threads
                            .*
                            type: integer; default: \\(all cores\\); range: at least 1
                        """);
    }

    @Test
    void givenNoBenchmarkOnTheClassPath_whenOneIsRun_thenOneSentenceSaysWhereTheyAre() {
        int code = execute("bench loss --rounds 3");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly("reflux: No benchmark is on the class path: an installation has none;"
                        + " run \"./reflux bench\" in a checkout of the sources.");
    }
}
