package dev.reflux.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.util.Map;
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
                .allSatisfy(score -> assertThat(score.micros()).isPositive());
        assertThat(JmhRun.table(scores).toString()).contains("TENSOR_TYPE_INT8");
    }

    @Test
    void givenAPatternThatNamesNothing_whenRun_thenOneSentenceSaysSo() {
        assertThatThrownBy(() -> JmhRun.run("NoSuchThing", true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("NoSuchThing");
    }
}
