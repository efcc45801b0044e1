package dev.reflux.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.cli.RefluxCommandLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The laboratory's experiments as {@code reflux bench} finds them. */
class LabCommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String line) {
        return RefluxCommandLine.execute(new PrintWriter(out), new PrintWriter(err), line.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cka", "drift", "learning", "logits", "poison", "truth", "weights"})
    void givenThisJarOnTheClassPath_whenACommandIsAskedForHelp_thenItShowsExamples(String name) {
        int code = execute("bench " + name + " --help");

        assertThat(code).isZero();
        assertThat(out.toString()).contains("Usage: reflux bench " + name).contains("Examples:");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench logits --encodings fp32,int3",
                "bench logits --encodings int8",
                "bench logits --seeds -1",
                "bench logits --size 240",
                "bench learning --size 240",
                "bench learning --learning-rate 0",
                "bench truth --seeds 0",
                "bench truth --method ce",
                "bench weights --method ce+kl",
                "bench weights --frames 0",
                "bench weights --pictures 0",
                "bench drift --streams 0",
                "bench poison --from 1",
                "bench poison --poisons arsenic",
            })
    void givenAUsersMistake_whenRun_thenExitCodeTwoAndOneSentence(String line) {
        int code = execute(line);

        List<String> said = err.toString().lines().toList();
        assertThat(code).isEqualTo(2);
        assertThat(said.get(0)).startsWith("reflux: ").endsWith(".");
        assertThat(said).hasSizeLessThanOrEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void givenACommandOfPaths_whenItsFiguresArePublished_thenItCanBeTypedAgainAndNamesNoFolderOfThisMachine() {
        List<String> words = List.of(
                "bench",
                "learning",
                "--dataset",
                "camvid:/data/camvid",
                "--teacher=/data/teacher.json",
                "--out",
                "run");

        String published = StreamOptions.commandLine(words);

        assertThat(published)
                .isEqualTo("reflux bench learning --dataset camvid:camvid --teacher=teacher.json --out run");
    }
}
