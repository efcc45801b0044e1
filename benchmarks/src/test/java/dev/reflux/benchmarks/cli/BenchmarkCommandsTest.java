package dev.reflux.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.cli.RefluxCommandLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The benchmarks as {@code reflux bench} finds them. */
class BenchmarkCommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String line) {
        return RefluxCommandLine.execute(new PrintWriter(out), new PrintWriter(err), line.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"delta", "jmh", "loss", "memory", "throughput", "watchers"})
    void givenThisJarOnTheClassPath_whenACommandIsAskedForHelp_thenItShowsExamples(String name) {
        int code = execute("bench " + name + " --help");

        assertThat(code).isZero();
        assertThat(out.toString()).contains("Usage: reflux bench " + name).contains("Examples:");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench jmh [",
                "bench loss --rounds 0",
                "bench memory --steps 5",
                "bench throughput --frames 3",
                "bench throughput --dataset nothing",
                "bench delta --local /nowhere",
                "bench watchers --watchers 1",
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
    void givenThisJarOnTheClassPath_whenNothingIsNamed_thenTheBenchmarksAreNamedInOrder() {
        int code = execute("bench");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("one of delta, jmh, loss, memory, throughput, watchers.");
    }
}
