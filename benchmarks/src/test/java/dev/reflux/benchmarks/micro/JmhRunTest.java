package dev.reflux.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JmhRunTest {

    @Test
    void givenAPattern_whenRunQuickly_thenWhatItNamesHasScores() {
        Map<String, JmhRun.Score> scores = JmhRun.run("TensorCodecBenchmark.encode", true);

        assertThat(scores)
                .containsOnlyKeys(
                        "TensorCodecBenchmark.encode TENSOR_TYPE_FP16",
                        "TensorCodecBenchmark.encode TENSOR_TYPE_FP32",
                        "TensorCodecBenchmark.encode TENSOR_TYPE_INT8");
        assertThat(scores.values())
                .as("microseconds of an encoding of some 10,000 to 1,000,000 numbers: a score in ms or ns lies outside")
                .allSatisfy(score -> assertThat(score.micros()).isBetween(5.0, 500_000.0));
    }

    @Test
    void givenScoresWithAndWithoutAnInterval_whenShown_thenEachStandsInItsColumn() {
        Map<String, JmhRun.Score> scores =
                Map.of("A.one", new JmhRun.Score(12.34, 0.56), "B.two", new JmhRun.Score(7.89, Double.NaN));

        String table = JmhRun.table(new TreeMap<>(scores)).toString();

        assertThat(table.lines().map(line -> line.replaceAll(" +", " ").strip()))
                .contains("| A.one | 12.3 | 0.6 |", "| B.two | 7.9 | - |");
    }

    @Test
    void givenAPatternThatNamesNothing_whenRun_thenOneSentenceSaysSo() {
        assertThatThrownBy(() -> JmhRun.run("NoSuchThing", true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("NoSuchThing");
    }
}
